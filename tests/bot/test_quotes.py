"""Quotes are checked by code, and read without their marks."""

from __future__ import annotations

import msgspec
import pytest

from bot import quotes
from bot.composer import Citations
from bot.wiring import Bot


def test_a_changed_quote_is_dropped_and_counted(bot: Bot) -> None:
    """A passage whose text does not stand in its guide is not cited."""
    generation = bot.engine().searcher.generation
    passage = next(p for p in generation.passages if p.kind == "prose")
    citations = Citations(generation.guides)
    assert citations.add(msgspec.structs.replace(passage, text=passage.text.replace("e", "ë")), []) is None
    assert (1, ()) == (citations.dropped, citations.all())


@pytest.mark.parametrize(
    ("quote", "stands"),
    [
        ("| Plant | Price |\n…\n| Fern | $12 |", True),
        ("Plant   Price … Fern $12", True),
        ("| Fern | $12 |\n…\n| Plant | Price |", False),
        ("| Fern | $13 |", False),
        ("", False),
        ("…", False),
    ],
)
def test_a_quote_stands_word_for_word(bot: Bot, quote: str, stands: bool) -> None:
    """White space and Markdown marks aside, every part has to be there, in order."""
    generation = bot.engine().searcher.generation
    guide = msgspec.structs.replace(generation.guides["degrees"], text="| Plant | Price |\n|---|---|\n| Fern | $12 |")
    citations = Citations(generation.guides)
    n = citations.add(next(p for p in generation.passages if p.guide == "degrees" and p.kind == "prose"), [])
    assert n == 1
    citation = msgspec.structs.replace(citations.all()[0], lines=(1, 3), quote=quote)
    assert stands is quotes.stands(citation, guide)


def test_a_table_is_read_with_its_column_names() -> None:
    """A row is never shown without the names of its columns, and the asker's cell is pointed at."""
    quote = "| Plant | Price | Light |\n…\n| Fern | **$12** | shade[^1] |"
    assert ["Fern | Price: $12; Light: shade."] == quotes.lines(quote)
    assert ["Fern | Price: ▶ $12 ◀; Light: shade."] == quotes.lines(quote, lambda row, column: (row, column) == ("Fern", "Price"))


def test_a_long_passage_is_cut_at_sentences(bot: Bot) -> None:
    """Of a long passage the sentences with the asked words are quoted, whole."""
    generation = bot.engine().searcher.generation
    sentences = [f"Sentence number {i} speaks of nothing in particular here." for i in range(12)]
    sentences[7] = "The orchid needs an unusual amount of attention."
    text = " ".join(sentences)
    guide = msgspec.structs.replace(generation.guides["degrees"], text=text)
    passage = msgspec.structs.replace(next(p for p in generation.passages if p.kind == "prose"), text=text, lines=(1, 1))
    quote, _ = quotes.of_passage(guide, passage, ["orchid", "attention"])
    assert sentences[7] in quote
    assert len(quote) <= quotes.LONGEST
    assert quote.endswith(".")
