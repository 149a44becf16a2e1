"""Guides that come through Slack: as files in messages and in the form, as pasted text; and where the token goes meanwhile."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.adapters.slack.uploads import Upload
from bot.store import Store
from tests.servers.cheap_desk import CheapDesk
from tests.servers.cheap_office import REFUSED, CheapOffice
from tests.servers.slack_files import BROKEN, PAGE, REDIRECT, Shared, file_json
from tests.servers.slack_platform import running, said, shown
from tests.servers.slack_server import SlackServer
from tests.servers.slack_world import BOT_TOKEN, TEAM

GUIDE = b"# Salaries\n\nAbout 100 a month.\n"
DIRECT = "D0ADMIN"
FORGED = (
    "http://localhost:{port}/stolen/a.md",  # another name for the same machine
    "http://evil.example/stolen/a.md",
    "https://evil.example/files.slack.com/a.md",
    "https://files.slack.com.evil.example/a.md",
    "https://notslack.com/a.md",
    "https://files.slack.com@evil.example/a.md",
    "https://evil.example\\@files.slack.com/a.md",
    "http://files.slack.com/a.md",  # in the clear
    "https://files.slack.com:8443/a.md",
    "//evil.example/a.md",
    "file:///etc/passwd",
    "ftp://files.slack.com/a.md",
    "http://[::1]:{port}/stolen/a.md",
    "http://127.0.0.1.nip.example:{port}/stolen/a.md",
    "http://u:p@127.0.0.1:{port}/stolen/a.md",
    "http://127.0.0.1:1{port}/a.md",
    "not a url",
)
BROKEN_FILES: list[tuple[dict[str, Any], str]] = [
    ({"instead": REDIRECT}, "may lack the scope files:read"),
    ({"instead": PAGE}, "may lack the scope files:read"),
    ({"instead": BROKEN}, "did not arrive whole"),
    ({"announced": 2_000}, "is too large: I take at most 0.001 MB"),
    ({"content": b"x" * 1_001, "announced": 5}, "is too large"),
    ({"mode": "tombstone"}, "it was deleted"),
    ({"name": "html", "instead": PAGE, "content": b"<html><p>Mine.</p></html>"}, "may lack the scope files:read"),
    ({"name": "pdf", "instead": PAGE, "content": b"%PDF-1.7"}, "may lack the scope files:read"),
]


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer() as server:
        server.world.direct("U0ADMIN")
        server.world.direct("U0ANN")
        yield server


@pytest.fixture
def office() -> CheapOffice:
    return CheapOffice({"U0ADMIN"}, TEAM)


@pytest.fixture(autouse=True)
def _platform(slack: SlackServer, office: CheapOffice, tmp_path: Path) -> Iterator[None]:
    with running(slack, tmp_path, CheapDesk(), office, http=True):
        yield


def _guide(slack: SlackServer, name: str = "salaries.md", content: bytes = GUIDE, **more: Any) -> Shared:
    return slack.people.file("U0ADMIN", name, content, **more)


def _form(slack: SlackServer) -> Any:
    """The form that /fingerpost guides add opens."""
    slack.people.commands("U0ADMIN", "C0GEN", "/fingerpost", "guides add")
    return slack.wait(lambda: list(slack.world.views.values()))[-1]


def test_a_file_in_a_direct_message_is_offered(slack: SlackServer, office: CheapOffice) -> None:
    """The office gets name and bytes as they are; what it would give is answered under the file, and a press adds it in place."""
    slack.people.uploads("U0ADMIN", DIRECT, _guide(slack))
    uploaded = slack.world.messages[-1]
    preview = said(slack, "salaries.md would give 3 passages.", DIRECT)
    assert (office.offered, preview.thread_ts) == ([("salaries.md", GUIDE)], uploaded.ts)
    assert slack.downloads == [(slack.downloads[0][0], f"Bearer {BOT_TOKEN}")]
    slack.people.presses("U0ADMIN", preview, "office:0")
    slack.wait(lambda: shown(preview) == "Added.")
    assert slack.world.by_bot() == [preview]


def test_a_file_with_a_mention_is_offered_privately(slack: SlackServer, office: CheapOffice) -> None:
    """In a channel it takes the words "add guide", and only the uploader reads the reply; the event comes twice, the reply once."""
    slack.subscribed.add("message.channels")
    slack.people.uploads("U0ADMIN", "C0GEN", _guide(slack), text="<@U0BOT> add guide, please")
    assert said(slack, "would give 3 passages", "C0GEN").only_for == "U0ADMIN"
    slack.people.uploads("U0ADMIN", "C0GEN", _guide(slack), text="<@U0BOT> add guide")
    slack.wait(lambda: len(office.offered) == 2)
    slack.people.says("U0ADMIN", "C0GEN", "<@U0BOT> add guide")
    said(slack, "There is no file in that message")
    assert len(office.offered) == 2


def test_a_question_that_carries_a_file_stays_a_question(slack: SlackServer, office: CheapOffice) -> None:
    """Who asks is answered; a file in a channel without the words is left alone."""
    slack.people.uploads("U0ANN", "D0ANN", _guide(slack), text="Do I need a degree?")
    assert "A degree is not needed." in shown(slack.wait(lambda: slack.world.by_bot("D0ANN"))[0])
    slack.people.uploads("U0ADMIN", "C0GEN", _guide(slack), text="<@U0BOT> What does this add to guides?")
    assert "A degree is not needed." in shown(slack.wait(lambda: slack.world.by_bot("C0GEN"))[0])
    assert (office.offered, slack.downloads) == ([], [])


def test_a_members_files_are_refused_unseen(slack: SlackServer, office: CheapOffice) -> None:
    """The office says who may, once for all of a message's files; none of them is fetched."""
    slack.people.uploads("U0ANN", "D0ANN", *[_guide(slack, f"{number}.md") for number in range(10)])
    said(slack, REFUSED, "D0ANN")
    slack.people.uploads("U0ANN", "D0ANN", _guide(slack), text="add guide")
    slack.wait(lambda: len(slack.world.by_bot()) == 2)
    assert (office.offered, slack.downloads) == ([], [])


def test_the_token_goes_to_slack_alone(slack: SlackServer, office: CheapOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file whose address is forged is not fetched from anywhere, and the uploader is told."""
    dialled: list[Any] = []
    dial = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", lambda at, *rest, **more: (dialled.append(at), dial(at, *rest, **more))[1])
    port = slack.url.rpartition(":")[2]
    for number, where in enumerate(FORGED):
        slack.people.uploads("U0ADMIN", DIRECT, _guide(slack, f"{number}.md", url=where.format(port=port)))
        said(slack, f"has no file “{number}.md” that I could read")
    assert (slack.downloads, office.offered, {host for host, _ in dialled} - {"127.0.0.1"}) == ([], [], set())


def test_what_cannot_be_fetched_is_said(slack: SlackServer, office: CheapOffice) -> None:
    """The page for logging in is no guide, and the way to it is not followed with the token."""
    for number, (more, told) in enumerate(BROKEN_FILES):
        name = f"{number}.{more.get('name', 'md')}"
        slack.people.uploads("U0ADMIN", DIRECT, _guide(slack, **{**more, "name": name}))
        refused = shown(said(slack, f"“{name}”"))
        assert told in refused
        assert "nothing was changed" in refused.casefold()
    assert (office.offered, [path for path, _ in slack.downloads if "login" in path]) == ([], [])


def test_without_the_scope_the_uploader_is_told_of_it(slack: SlackServer, office: CheapOffice) -> None:
    """Neither a file in a message nor the form works without files:read, and both say so."""
    slack.scopes.discard("files:read")
    slack.people.uploads("U0ADMIN", DIRECT, _guide(slack))
    said(slack, "may lack the scope files:read")
    slack.people.commands("U0ADMIN", "C0GEN", "/fingerpost", "guides add")
    said(slack, "did not let me open the form")
    assert office.offered == []


def test_a_page_that_is_the_file_is_taken(slack: SlackServer, office: CheapOffice) -> None:
    """Guides may be HTML."""
    page = b"<!doctype html><html><body><h1>Salaries</h1></body></html>"
    slack.people.uploads("U0ADMIN", DIRECT, _guide(slack, "page.html", page))
    said(slack, "would give 3 passages")
    assert office.offered == [("page.html", page)]


def test_a_file_of_slack_connect_is_looked_up(slack: SlackServer, office: CheapOffice) -> None:
    """The event has only its id; where Slack does not tell more, the uploader learns it."""
    slack.people.uploads("U0ADMIN", DIRECT, _guide(slack, connect=True))
    said(slack, "would give 3 passages")
    gone = _guide(slack, connect=True)
    slack.failures["files.info"] = ("file_not_found", 1)
    slack.people.uploads("U0ADMIN", DIRECT, gone)
    said(slack, "has no file")
    assert office.offered == [("salaries.md", GUIDE)]


def test_the_form_takes_a_file(slack: SlackServer, office: CheapOffice) -> None:
    """One file, of the kinds that can be guides; the reply is private where the command was typed."""
    view = _form(slack)
    field = next(block["element"] for block in view["blocks"] if block.get("block_id") == "guide_file")
    assert (field["max_files"], field["filetypes"]) == (1, ["md", "txt", "html", "pdf", "docx"])
    file = _guide(slack)
    slack.people.submits("U0ADMIN", view, slack.people.filled_guide(file))
    assert said(slack, "salaries.md would give", "C0GEN").only_for == "U0ADMIN"
    assert office.offered == [("salaries.md", GUIDE)]


def test_the_form_takes_pasted_text(slack: SlackServer, office: CheapOffice) -> None:
    """As a file of its own name, in UTF-8."""
    slack.people.submits("U0ADMIN", _form(slack), slack.people.filled_guide(text="# Löhne\n\n100 €"))
    said(slack, "pasted.md would give")
    assert office.offered == [("pasted.md", "# Löhne\n\n100 €".encode())]


def test_the_form_wants_one_of_both(slack: SlackServer, office: CheapOffice) -> None:
    """What is missing or too much is said at its field, and the form stays open."""
    view = _form(slack)
    empty = slack.people.submits("U0ADMIN", view, slack.people.filled_guide(text="  "))
    both = slack.people.submits("U0ADMIN", view, slack.people.filled_guide(_guide(slack), "# Text"))
    slack.settled()
    assert empty.reply == {"response_action": "errors", "errors": {"guide_file": "Give a file, or paste the text."}}
    assert both.reply == {"response_action": "errors", "errors": {"guide_text": "Give either a file or text, not both."}}
    assert (office.asked, slack.downloads) == ([], [])


def test_a_form_of_somebody_else_is_refused(slack: SlackServer, office: CheapOffice) -> None:
    """Whoever submits it is asked for, not whoever opened it."""
    slack.people.submits("U0ANN", _form(slack), slack.people.filled_guide(text="# Text"))
    said(slack, REFUSED)
    assert office.offered == []


def test_a_file_that_a_killed_process_left_is_taken_up(
    slack: SlackServer, office: CheapOffice, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It was acknowledged, so Slack will not tell of it again; another process finds it, and offers it once."""
    file = _guide(slack)
    slack.world.shared[file.id] = file
    left = Store(tmp_path / "home")
    assert left.claim(f"slackfile:{TEAM}:{DIRECT}:1.0", '{"of": "another version"}')  # given up, and in nobody's way
    upload = Upload(DIRECT, "U0ADMIN", TEAM, "1.1", [file_json(slack, file)])
    assert left.claim(f"slackfile:{TEAM}:{DIRECT}:1.1", msgspec.json.encode(upload).decode())
    left.close()  # its lock goes, as with a process
    assert said(slack, "would give 3 passages", DIRECT).thread_ts == "1.1"
    assert office.offered == [("salaries.md", GUIDE)]
    assert f"slackfile:{TEAM}:{DIRECT}:1.0 was written by another version" in caplog.text
