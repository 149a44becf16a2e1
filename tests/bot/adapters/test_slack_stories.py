"""What people live through with the bot in Slack: one test a story, over the real slack_bolt and slack_sdk."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.slack.answering import LANES
from bot.render import slack_parts
from tests.servers.cheap_desk import INNARDS, CheapDesk
from tests.servers.slack_delivery import EVENT
from tests.servers.slack_platform import running
from tests.servers.slack_server import SlackServer
from tests.servers.slack_world import TEAM, Message

ASK = "<@U0BOT> Do I need a degree?"


@pytest.fixture
def desk() -> CheapDesk:
    return CheapDesk()


@pytest.fixture(params=["socket", "http"])
def either_bot(request: pytest.FixtureRequest, slack: SlackServer, desk: CheapDesk, tmp_path: Path) -> Iterator[None]:
    """The bot, once over Socket Mode and once over HTTP."""
    with running(slack, tmp_path, desk, http=request.param == "http"):
        yield


@pytest.fixture
def slack_bot(slack: SlackServer, desk: CheapDesk, tmp_path: Path) -> Iterator[None]:
    """The bot, where the way in makes no difference; HTTP, because a socket takes three seconds to close."""
    with running(slack, tmp_path, desk, http=True):
        yield


def _posted(slack: SlackServer, channel: str, number: int = 1) -> Message:
    """The n-th message of the bot in a channel, once everything is delivered."""
    message = slack.wait(lambda: slack.world.by_bot(channel)[number - 1 : number])[0]
    slack.settled()
    return message


def _shown(message: Message) -> str:
    return " ".join(slack_parts.strings(message.blocks, only=("text",)))


@pytest.mark.usefixtures("either_bot")
def test_a_mention_is_answered_in_its_thread(slack: SlackServer) -> None:
    """The answer hangs under the question, with the quote and the whole answer as text, without unfurling."""
    slack.people.says("U0ANN", "C0GEN", ASK)
    asked = slack.world.messages[-1]
    answer = _posted(slack, "C0GEN")
    assert (answer.thread_ts, answer.only_for) == (asked.ts, "")
    assert "A degree is not needed." in _shown(answer)
    assert answer.text == "About “Do I need a degree?” [1]."
    assert (answer.payload["unfurl_links"], answer.payload["unfurl_media"]) in ((False, False), ("0", "0"))
    assert slack.world.statuses[0]["thread_ts"] == asked.ts


@pytest.mark.usefixtures("either_bot")
def test_duplicate_deliveries_are_answered_once(slack: SlackServer) -> None:
    """The same event twice, and a mention that comes as a message too, are one question."""
    slack.subscribed |= {"message.channels"}
    slack.people.says("U0ANN", "C0GEN", ASK)
    slack.deliver(EVENT, slack.deliveries[0].payload)
    slack.settled()
    slack.people.says("U0ANN", "C0GEN", "<@U0BOT> And a second one?")
    _posted(slack, "C0GEN", 2)
    assert sorted(m.text for m in slack.world.by_bot()) == ["About “And a second one?” [1].", "About “Do I need a degree?” [1]."]


@pytest.mark.usefixtures("slack_bot")
def test_a_follow_up_in_the_thread_needs_no_mention(slack: SlackServer, desk: CheapDesk) -> None:
    """Where the app hears messages, the asker just goes on; the history is theirs alone."""
    slack.subscribed |= {"message.channels"}
    slack.people.says("U0ANN", "C0GEN", ASK)
    thread = slack.world.messages[-1].ts
    _posted(slack, "C0GEN")
    slack.people.says("U0BEN", "C0GEN", "I had one.", thread)
    slack.people.says("U0ANN", "C0GEN", "And without?", thread)
    assert _posted(slack, "C0GEN", 2).text == "About “And without?” [1]. Before: Do I need a degree?."
    assert len(slack.world.by_bot()) == 2


@pytest.mark.usefixtures("either_bot")
def test_a_direct_message_is_answered(slack: SlackServer) -> None:
    """In a direct conversation no mention is needed; each root message is a thread."""
    channel = slack.world.direct("U0ANN")
    slack.people.says("U0ANN", channel, "Do I need a degree?")
    asked = slack.world.messages[-1]
    assert _posted(slack, channel).thread_ts == asked.ts
    slack.settled()
    assert len(slack.world.by_bot()) == 1


@pytest.mark.usefixtures("slack_bot")
def test_opening_the_messages_pins_prompts(slack: SlackServer) -> None:
    """Suggested prompts are set without a thread, as agent apps need it."""
    slack.people.opens_home("U0ANN", tab="messages")
    prompts = slack.wait(lambda: slack.world.prompts.get(slack.world.direct("U0ANN")))
    assert prompts[0] == {"title": "Do I need a degree?", "message": "Do I need a degree?"}


@pytest.mark.usefixtures("either_bot")
def test_ask_is_private_and_can_be_shared_once(slack: SlackServer) -> None:
    """/ask answers the asker only; Share to channel posts it with their name, which pings nobody, and takes the private one away."""
    slack.people.commands("U0ANN", "C0GEN", "/ask", "Do I need a degree?")
    private = _posted(slack, "C0GEN")
    assert private.only_for == "U0ANN"
    slack.people.presses("U0ANN", private, "share")
    slack.people.presses("U0ANN", private, "share")
    public = slack.wait(lambda: [m for m in slack.world.by_bot("C0GEN") if not m.only_for])[0]
    slack.settled()
    slack.wait(lambda: private not in slack.world.messages)
    assert [m for m in slack.world.by_bot("C0GEN") if not m.only_for] == [public]
    assert "Shared by ann, who asked: Do I need a degree?" in _shown(public)
    assert "<@" not in str(public.payload)


@pytest.mark.usefixtures("slack_bot")
def test_sharing_where_the_bot_is_not_a_member_says_what_to_do(slack: SlackServer) -> None:
    """The private answer stays, and the way out is named."""
    slack.people.commands("U0ANN", "C0NOBOT", "/ask", "Do I need a degree?")
    private = _posted(slack, "C0NOBOT")
    pressed = slack.people.presses("U0ANN", private, "share")
    place = slack.response_urls[pressed.payload["response_url"].rsplit("/", 1)[1]]
    place.strict = True
    notice = slack.wait(lambda: [m for m in slack.world.by_bot("C0NOBOT") if "/invite" in m.text])[0]
    assert notice.only_for == "U0ANN"


@pytest.mark.usefixtures("slack_bot")
def test_an_empty_ask_says_how_to_use_it(slack: SlackServer) -> None:
    """A command without a question is no dead end."""
    delivery = slack.people.commands("U0ANN", "C0GEN", "/ask")
    slack.settled()
    assert "Type /ask and a question" in str(delivery.reply)


@pytest.mark.usefixtures("either_bot")
def test_path_asks_by_the_tables_axes_and_recommends(slack: SlackServer) -> None:
    """The form's selects are the axes of the guide's table; the answer is the table's cell, marked in words."""
    slack.people.commands("U0ANN", "C0GEN", "/path")
    view = slack.wait(lambda: list(slack.world.views.values()))[0]
    labels = [block["label"]["text"] for block in view["blocks"] if block["type"] == "input"]
    assert labels == ["experience", "goal"]
    fields = {b["block_id"]: b["element"]["options"] for b in view["blocks"] if b["type"] == "input"}
    picks = dict(zip(fields, ({"selected_option": options[at]} for options, at in zip(fields.values(), (1, 0), strict=True)), strict=True))
    slack.people.submits("U0ANN", view, picks)
    answer = _posted(slack, "C0GEN")
    assert answer.only_for == "U0ANN"
    assert "You are here: Internal pivot" in _shown(answer)


@pytest.mark.usefixtures("slack_bot")
def test_path_offers_every_table(slack: SlackServer) -> None:
    """Another table of a guide brings its own selects, with no code."""
    slack.people.commands("U0ANN", "C0GEN", "/path")
    view = slack.wait(lambda: list(slack.world.views.values()))[0]
    choice = next(b["accessory"] for b in view["blocks"] if b.get("accessory"))
    action = {"type": "static_select", "action_id": "table", "selected_option": choice["options"][1], "action_ts": "1.0"}
    slack.people.picks("U0ANN", view, action)
    changed = slack.wait(lambda: [v for v in slack.world.views.values() if v["hash"] != view["hash"]])[0]
    assert [block["label"]["text"] for block in changed["blocks"] if block["type"] == "input"] == ["team", "data"]


@pytest.mark.usefixtures("slack_bot")
def test_the_shortcut_answers_the_question_in_a_message(slack: SlackServer) -> None:
    """The answer is for the one who asked for it, with the message's words as the question."""
    slack.people.says("U0BEN", "C0GEN", "Do I need a degree &amp; money?")
    slack.people.uses_shortcut("U0ANN", slack.world.messages[-1], "ask_about_message")
    answer = _posted(slack, "C0GEN")
    assert (answer.only_for, answer.text) == ("U0ANN", "About “Do I need a degree &amp; money?” [1].")


@pytest.mark.usefixtures("slack_bot")
def test_a_question_button_asks_in_the_thread(slack: SlackServer) -> None:
    """What is not covered is no dead end: a button asks what the guides do cover, and says who pressed it."""
    slack.people.says("U0ANN", "C0GEN", "<@U0BOT> unknown things?")
    first = _posted(slack, "C0GEN")
    slack.people.presses("U0BEN", first, "ask:0")
    second = _posted(slack, "C0GEN", 2)
    assert second.thread_ts == first.thread_ts
    assert "ben asked: Do I need a degree?" in _shown(second)


@pytest.mark.usefixtures("slack_bot")
def test_a_recommendation_comes_with_its_picture(slack: SlackServer) -> None:
    """The table is drawn into the thread, with the asker's cell first in its description."""
    slack.people.says("U0ANN", "C0GEN", "<@U0BOT> Which path is mine?")
    answer = _posted(slack, "C0GEN")
    file = slack.wait(lambda: [f for f in slack.world.files if f.get("channel")])[0]
    assert (file["channel"], file["thread_ts"]) == ("C0GEN", answer.thread_ts)
    assert file["alt_txt"].startswith("You are here: 3+ years, Product: Internal pivot.")
    assert slack.world.uploads[file["id"]].startswith(b"\x89PNG")


@pytest.mark.usefixtures("slack_bot")
def test_a_private_answers_picture_comes_directly(slack: SlackServer) -> None:
    """A file cannot be private in a channel, so it goes to the one who asks for it."""
    slack.people.commands("U0ANN", "C0GEN", "/ask", "Which path is mine?")
    slack.people.presses("U0ANN", _posted(slack, "C0GEN"), "picture")
    file = slack.wait(lambda: [f for f in slack.world.files if f.get("channel")])[0]
    assert file["channel"] == slack.world.direct("U0ANN")


@pytest.mark.usefixtures("either_bot")
def test_the_home_shows_what_the_bot_can_do(slack: SlackServer) -> None:
    """Ways to ask, the state of the index, and questions that can be pressed."""
    slack.people.opens_home("U0ANN")
    home = slack.wait(lambda: slack.world.homes.get("U0ANN"))
    words = " ".join(slack_parts.strings(home["blocks"], only=("text",)))
    assert "2 guides, 40 passages" in words
    assert "/path finds what a guide recommends for you." in words
    slack.people.presses_at_home("U0ANN", "ask:0")
    assert _posted(slack, slack.world.direct("U0ANN")).text == "About “Do I need a degree?” [1]."


@pytest.mark.usefixtures("slack_bot")
def test_an_error_ends_in_a_message_with_a_number(slack: SlackServer) -> None:
    """What went wrong inside is not for the channel; what to do is."""
    slack.people.says("U0ANN", "C0GEN", "<@U0BOT> boom?")
    answer = _posted(slack, "C0GEN")
    assert "Ask again in a minute" in answer.text
    assert INNARDS not in str(answer.payload)
    slack.people.commands("U0ANN", "C0GEN", "/ask", "no index")
    assert "An admin must run `fingerpost reindex`" in _posted(slack, "C0GEN", 2).text


@pytest.mark.usefixtures("slack_bot")
def test_nothing_in_a_question_becomes_active(slack: SlackServer) -> None:
    """Pings, links and marks that somebody smuggles into a question come back as plain signs, if at all."""
    slack.people.says(
        "U0ANN", "C0GEN", "<@U0BOT> `x` <!channel> <@U0BEN> <#C0GEN|general> <http://evil.example|bank> \u202eevil &lt;!here&gt;?"
    )
    answer = _posted(slack, "C0GEN")
    assert "<" not in answer.text
    assert "\u202e" not in str(answer.payload)
    assert not [e for block in answer.blocks for e in block.get("elements", []) if e.get("type") == "mrkdwn"]


@pytest.mark.usefixtures("slack_bot")
def test_the_bot_does_not_answer_itself_or_other_bots(slack: SlackServer) -> None:
    """Its own messages come back to it in direct conversations; edits and bots are no questions."""
    channel = slack.world.direct("U0ANN")
    slack.people.says("U0ANN", channel, "one?", bot_id="B0OTHER")
    slack.people.says("U0ANN", channel, "two?", subtype="message_changed")
    slack.people.says("U0ANN", channel, "three?")
    _posted(slack, channel)
    slack.settled()
    assert [m.text for m in slack.world.by_bot()] == ["About “three?” [1]."]


@pytest.mark.usefixtures("slack_bot")
def test_a_picture_that_slack_refuses_is_said_to_the_presser(slack: SlackServer) -> None:
    """A press is never met with silence."""
    slack.failures["files.getUploadURLExternal"] = ("missing_scope", 9)
    slack.people.commands("U0ANN", "C0GEN", "/ask", "Which path is mine?")
    slack.people.presses("U0ANN", _posted(slack, "C0GEN"), "picture")
    assert "did not let me send the picture" in _posted(slack, "C0GEN", 2).text


@pytest.mark.usefixtures("slack_bot")
def test_a_slow_language_model_keeps_nobody_else_waiting(slack: SlackServer, desk: CheapDesk) -> None:
    """While it puts the answers to some into words, others are answered in their own threads."""
    lanes = {zlib.crc32(f"slack:{TEAM}:C0GEN:{ts}.0".encode()) % LANES: f"{ts}.0" for ts in range(100)}
    *slow, quick = [thread for _, thread in sorted(lanes.items())]
    desk.rephrasing = threading.Event()
    for thread in slow:
        slack.people.says("U0ANN", "C0GEN", "<@U0BOT> Say it slowly?", thread)
    for _ in slow:
        assert desk.waiting.acquire(timeout=20)
    slack.people.says("U0BEN", "C0GEN", ASK, quick)
    assert _posted(slack, "C0GEN").thread_ts == quick
    desk.rephrasing.set()
    assert {_posted(slack, "C0GEN", number).thread_ts for number in range(2, LANES + 1)} == set(slow)
