"""Replies of the administration as Slack's messages: words, lists, buttons, and nothing that Slack would refuse."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.office import Button, Picture, Reply
from bot.render import slack_office as render
from bot.render import slack_parts, slack_views
from tests.servers.slack_limits import message_problems, view_problems

words = st.text(max_size=600)
lines = st.lists(st.one_of(words, words.map("- {}".format)), max_size=120).map(tuple)
buttons = st.lists(st.builds(Button, st.text(max_size=200), st.text(min_size=1, max_size=80), st.booleans()), max_size=7).map(tuple)
pictures = st.one_of(st.none(), st.builds(Picture, st.just(b""), words))


def _types(block: dict[str, Any]) -> list[str]:
    return [block["type"], *(element["type"] for element in block["elements"])]


def test_a_reply_is_a_title_lines_and_buttons() -> None:
    """The title in bold, lines that follow each other as one paragraph or one list, buttons that carry their act."""
    reply = Reply("Done", ("One thing.", "Another.", "- a", "- b", "The end."), (Button("Go on", "act.1"), Button("Delete", "act.2", True)))
    blocks = render.render(reply)["blocks"]
    assert blocks[0]["elements"][0]["elements"] == [{"type": "text", "text": "Done", "style": {"bold": True}}]
    assert [_types(block)[1] for block in blocks[1:4]] == ["rich_text_section", "rich_text_list", "rich_text_section"]
    assert list(slack_parts.strings(blocks[1:4], only=("text",))) == ["One thing.\nAnother.", "a", "b", "The end."]
    assert [(b["text"]["text"], b["value"], b.get("style")) for b in blocks[4]["elements"]] == [
        ("Go on", "act.1", None), ("Delete", "act.2", "danger")
    ]  # fmt: skip


def test_buttons_of_a_run_are_told_from_others() -> None:
    """So that a press on a run's message never replaces it."""
    reply = Reply("Running", (), (Button("Cancel", "x"),))
    kinds = [render.render(reply, of_run=of_run)["blocks"][-1]["block_id"] for of_run in (True, False)]
    assert kinds == [render.RUN, render.REPLY]


def test_who_hears_a_message_hears_all_of_it() -> None:
    """The text has the title, the lines and the picture's description."""
    text = render.render(Reply("Figures", ("- one <b>",), picture=Picture(b"", "3 answered")))["text"]
    assert text == "Figures\n- one &lt;b&gt;\n3 answered"


@settings(max_examples=60, deadline=None)
@given(st.builds(Reply, words, lines, buttons, pictures), st.booleans())
def test_slack_takes_every_reply(reply: Reply, of_run: bool) -> None:
    """However long, odd or empty: the limits are kept, and acts come back as they were."""
    payload = render.render(reply, of_run=of_run, link="https://test.slack.example/archives/C1/p1")
    assert message_problems(payload) == []
    assert {block["type"] for block in payload["blocks"]} <= {"rich_text", "actions", "context"}


def test_no_more_buttons_than_a_reply_may_have() -> None:
    """Nor fewer."""
    reply = Reply("x", (), tuple(Button(str(n), f"act-{n}") for n in range(9)))
    assert [button["value"] for button in render.render(reply)["blocks"][-1]["elements"]] == [f"act-{n}" for n in range(5)]


def test_the_form_for_a_guide_is_one_that_slack_opens() -> None:
    """Within the limits of a modal."""
    assert view_problems(slack_views.guide({"channel": "C1", "response_url": "https://hooks.slack.com/x"})) == []
