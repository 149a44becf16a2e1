"""What a user may rely on, written once and held against every platform.

Where a platform cannot do a thing, the test is skipped with the platform's own words for why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from bot import quotes
from bot.messages import Answer, Ask, Citation
from bot.wiring import Bot
from retrieval import markdown
from tests.conformance.in_discord import on_discord
from tests.conformance.in_slack import on_slack
from tests.conformance.platforms import ADMIN, ANN, BEN, Platform, Shown, at_the_terminal
from tests.servers import llm_server

PLATFORMS = {"terminal": at_the_terminal, "discord": on_discord, "slack": on_slack}
QUESTIONS = {
    "answered": "What share of research jobs at OpenAI is held by PhDs?",
    "recommended": "I have 18 months of experience and my goal is product. Which path should I take?",
    "clarify": "I have 18 months of experience. Which path should I take?",
    "not_covered": "How do I bake sourdough bread?",
    "small_talk": "hello",
    "rejected": "https://elsewhere.example/x",
}
REPHRASED = "ML certifications, relevant experience and a strong portfolio can take the place of a PhD [1]."
HOSTILE = "do I need a PhD? @everyone <!channel> <@U0BEN> **b** [x](https://evil.example) \u202egnp"


@pytest.fixture(params=PLATFORMS)
def platform(request: pytest.FixtureRequest, bot: Bot, tmp_path: Path) -> Iterator[Platform]:
    """Each platform in turn; a test marked with what it needs is skipped where that cannot be."""
    with PLATFORMS[request.param](bot, tmp_path) as platform:
        needed = request.node.get_closest_marker("needs")
        reason = platform.cannot.get(needed.args[0]) if needed else None
        if reason:
            pytest.skip(f"{request.param}: {reason}")
        yield platform


def _shows(shown: Shown, answer: Answer) -> None:
    """Text, citations with their places, recommendation and suggestions are those of the answer."""
    there = " ".join([shown.words, *shown.questions])
    wanted = [answer.text, *answer.suggestions, *(answer.recommendation.options if answer.recommendation else ())]
    for citation in answer.citations:
        wanted += [*_quoted(citation), citation.title, *citation.section[-1:], citation.publisher or "", citation.updated or ""]
    wanted += [claim.figure for disagreement in answer.disagreements for claim in disagreement.claims]
    assert [text for text in wanted if " ".join(text.split()) not in there] == []


def _quoted(citation: Citation) -> list[str]:
    """The words of a quote: each cell of a table but its corner, the whole of any other text."""
    rows = [markdown.cells(line) for line in citation.quote.split("\n") if line.startswith("|")]
    return [markdown.plain(cell) for row in rows for cell in row][1:] if rows else [quotes.readable(citation.quote)]


@pytest.mark.parametrize("outcome", QUESTIONS)
def test_the_same_answer_everywhere(platform: Platform, bot: Bot, outcome: str) -> None:
    """Every outcome: the text, the quotes, their places and what can be asked next are those of the one answer."""
    answer = bot.handle(Ask(QUESTIONS[outcome]))
    assert answer.outcome == outcome
    _shows(platform.ask(ANN, QUESTIONS[outcome]), answer)


@pytest.mark.parametrize("name", PLATFORMS)
def test_the_words_of_a_language_model_stand_above_the_quotes(name: str, bot: Bot, tmp_path: Path) -> None:
    """Where one is set and its words hold, they are everywhere in place of the bot's own."""
    answer = bot.handle(Ask("do I need a PhD?"))
    with llm_server.running() as server:
        server.reply = llm_server.says(REPHRASED)
        settings = replace(bot.settings, llm_url=server.url, llm_model="tiny")
        with PLATFORMS[name](Bot(settings, lambda _: bot.model), tmp_path) as platform:
            _shows(platform.ask(ANN, "do I need a PhD?"), msgspec.structs.replace(answer, text=REPHRASED))


def test_a_follow_up_goes_on_from_what_was_said(platform: Platform, bot: Bot) -> None:
    """The asker's earlier words count in the same conversation."""
    first = QUESTIONS["clarify"]
    platform.ask(ANN, first)
    answer = bot.handle(Ask("product", (first,)))
    assert answer.outcome == "recommended"
    _shows(platform.follow_up(ANN, "product"), answer)


@pytest.mark.needs("another person")
def test_another_persons_words_are_not_the_askers(platform: Platform, bot: Bot) -> None:
    """Who joins a conversation is not taken to have said what others said in it."""
    platform.ask(ANN, QUESTIONS["clarify"])
    _shows(
        platform.follow_up(BEN, QUESTIONS["clarify"].replace("18 months", "5 years")),
        bot.handle(Ask("I have 5 years of experience. Which path should I take?")),
    )


def test_a_conversation_of_its_own_begins_anew(platform: Platform, bot: Bot) -> None:
    """What was said in another conversation does not count."""
    platform.ask(ANN, QUESTIONS["clarify"])
    _shows(platform.ask(ANN, QUESTIONS["recommended"]), bot.handle(Ask(QUESTIONS["recommended"])))
    _shows(platform.ask(ANN, "product"), bot.handle(Ask("product")))


@pytest.mark.parametrize("row", [0, 1])
@pytest.mark.parametrize("column", [1, 2])
def test_a_path_by_the_tables_own_places(platform: Platform, bot: Bot, row: int, column: int) -> None:
    """All four cells of the matrix are reached by its own headings."""
    from bot.desk import BotDesk

    table = BotDesk(bot).tables()[0]
    rows, columns = table.rows[row][0], table.header[column]
    answer = bot.recommend(None, dict(zip(table.axes, (rows, columns), strict=True)))
    assert answer.outcome == "recommended"
    _shows(platform.path(ANN, rows, columns), answer)


def test_what_is_not_covered_is_no_dead_end(platform: Platform, bot: Bot) -> None:
    """The questions that are offered instead can be asked, and are answered."""
    shown = platform.ask(ANN, QUESTIONS["not_covered"])
    question = bot.handle(Ask(QUESTIONS["not_covered"])).suggestions[0]
    assert question in shown.questions
    _shows(platform.press(ANN, shown, question), bot.handle(Ask(question, (QUESTIONS["not_covered"],))))


def test_nothing_that_is_smuggled_in_comes_out(platform: Platform) -> None:
    """A hostile question is answered like any other; marks that turn text round do not come back."""
    shown = platform.ask(ANN, HOSTILE)
    assert "[1]" in shown.words
    assert "\u202e" not in shown.words


@pytest.mark.needs("private")
def test_a_private_answer_is_private_until_it_is_shared(platform: Platform, bot: Bot) -> None:
    """Only the asker sees it; sharing shows the same answer to all, with who asked what."""
    answer = bot.handle(Ask(QUESTIONS["answered"]))
    mine = platform.ask_privately(ANN, QUESTIONS["answered"])
    assert mine.private
    _shows(mine, answer)
    shared = platform.share(ANN, mine)
    assert not shared.private
    _shows(shared, answer)
    assert f"who asked: {QUESTIONS['answered']}".casefold() in shared.words.casefold()


@pytest.mark.needs("feedback")
def test_a_verdict_is_kept(platform: Platform) -> None:
    """Two clicks of one person are one verdict."""
    shown = platform.ask(ANN, QUESTIONS["answered"])
    platform.good(ANN, shown)
    platform.good(ANN, shown)
    assert platform.verdicts() == ["up"]


@pytest.mark.needs("permissions")
def test_only_who_may_changes_how_the_bot_behaves(platform: Platform) -> None:
    """Somebody else is refused in words that only they see; an admin is obeyed."""
    refused = platform.quiet(ANN)
    assert refused.private
    assert "admin" in refused.words.casefold() or "permission" in refused.words
    assert platform.ask(ANN, QUESTIONS["small_talk"]).words
    assert platform.quiet(ADMIN).private
