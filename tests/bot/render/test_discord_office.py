"""What a reply of the administration becomes on Discord: within every limit, and with nothing in it that acts."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.office import Button, Picture, Reply
from bot.render import discord_office as render
from bot.render import discord_parts as parts
from tests.bot.render.test_discord import HOSTILE, _holds
from tests.servers import discord_limits, discord_schema

TEXTS = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(HOSTILE), max_size=30).map(" ".join), st.sampled_from(HOSTILE))
REPLIES = st.builds(
    Reply, TEXTS, st.lists(st.one_of(TEXTS, TEXTS.map("- ".__add__)), max_size=60).map(tuple),
    st.lists(st.builds(Button, TEXTS, st.text(max_size=90), st.booleans()), max_size=8).map(tuple),
    st.one_of(st.none(), st.builds(Picture, st.just(b"png"), TEXTS)), public=st.booleans(),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(reply=REPLIES, link=st.sampled_from([None, "https://discord.com/channels/1/2/3"]))
def test_no_reply_breaks_a_limit_or_acts(reply: Reply, link: str | None) -> None:
    """200 hostile replies: every limit of Discord's is kept, nobody is called, nothing in a text is Markdown of theirs."""
    _holds(render.render(reply, link))
    _holds(render.fallback(reply))


def test_a_reply_is_its_title_its_lines_and_its_buttons() -> None:
    """In this order; an item of a list stays one, and what is dangerous looks so."""
    made = render.render(
        Reply("Publish it?", ("2 answers would be lost:", "- “a * b” [1]"), (Button("Yes", "x.1", True), Button("No", "x.2")))
    )
    box, row = made["components"]
    assert [c["content"] for c in box["components"]] == ["**Publish it?**\n2 answers would be lost:\n• “a \\* b” \\[1\\]"]
    assert [(b["label"], b["custom_id"], b["style"]) for b in row["components"]] == [("Yes", "fpa:x.1", 4), ("No", "fpa:x.2", 2)]
    assert discord_schema.problems(made, "MessageCreateRequest") == []


def test_a_picture_stands_under_the_words_with_its_description() -> None:
    """The file is attached and shown, and described to those who cannot see it."""
    made = render.render(Reply("Last week", picture=Picture(b"png", "Answered 3")))
    assert made["components"][0]["components"][1]["items"] == [{"media": {"url": "attachment://figures.png"}, "description": "Answered 3"}]
    assert [a["description"] for a in made["attachments"]] == ["Answered 3"]
    assert discord_limits.refused(made, files=1) is None


def test_a_long_reply_says_that_it_goes_on() -> None:
    """What has no room is cut with a sign; 3,500 plain characters nearly all fit."""
    said = render.render(Reply("Audit", tuple(f"- line {n} {'x' * 90}" for n in range(60))))["components"][0]["components"][0]["content"]
    assert said.endswith("…")
    assert parts.length(said) > 3_000
