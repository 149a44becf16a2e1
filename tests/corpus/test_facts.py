"""Every fact that the guides have to carry stands in its section, with its exact figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval import guides

CORPUS = Path(__file__).parents[2] / "corpus"


def _facts() -> list[tuple[str, str, str, list[str]]]:
    lines = (Path(__file__).parent / "facts.txt").read_text("utf-8").splitlines()
    parted = [[part.strip() for part in line.split(" | ")] for line in lines if line and not line.startswith("#")]
    return [(name, guide, section, [words.strip() for words in has.split(";")]) for name, guide, section, has in parted]


@pytest.mark.parametrize(("name", "guide", "section", "has"), _facts(), ids=[f[0] for f in _facts()])
def test_a_fact_stands_in_its_section(name: str, guide: str, section: str, has: list[str]) -> None:
    """The words and figures of a fact stand under the heading that it belongs to."""
    parsed = guides.read(CORPUS / "guides" / f"{guide}.md", CORPUS)
    text = " ".join(" ".join(block.text.split()) for path, block in parsed.blocks if path[-1:] == (section,)).casefold()
    assert [words for words in has if words.casefold() not in text] == []


def test_the_update_of_the_article_is_kept() -> None:
    """The career-switch article's date is in the guide's front matter."""
    assert guides.read(CORPUS / "guides" / "career-switch.md", CORPUS).guide.updated == "2026-03-17"


def test_figures_that_contradict_each_other_are_all_kept() -> None:
    """Where the article contradicts itself, the guide keeps both figures."""
    text = guides.read(CORPUS / "guides" / "degrees.md", CORPUS).guide.text
    assert [figure for figure in ("6-12 months", "3-6 months", "10-15%", "10% of jobs", "70%+", "about 70%") if figure not in text] == []


def test_no_promotion_is_in_a_guide() -> None:
    """Advertising of the articles' pages stays out; what is mentioned of it is marked as the publisher's claim."""
    furniture = ("webinar", "time zone", "10x", "12.5x", "99.8%", "LPA", "MAANG", "instant income", "magic questions", "check my resume")
    for path in guides.paths(CORPUS):
        text = path.read_text("utf-8").casefold()
        assert [words for words in furniture if words.casefold() in text] == []
