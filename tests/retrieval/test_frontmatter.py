"""The head of a guide."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import frontmatter
from retrieval.errors import GuideError
from retrieval.frontmatter import Axis, FrontMatter, Source, TableSpec

FULL = """---
title: Plants
source: {publisher: Green Desk, author: A. Gardener, url: https://example.org}
updated: 2026-01-05
tags: [fern]
terms: {watering: [water]}
tables:
  - id: plant
    section: Which plant
    kind: decision
    for: [beginner]
    rows: {axis: experience, unit: years, ask: 'For how long?'}
    columns: {axis: light, values: {shade: [dark]}}

  - {id: pot, section: Pots, kind: decision, rows: {axis: size}, columns: {axis: price}}
---
Water them.
Often."""


def test_everything_that_a_head_may_say_is_read() -> None:
    """Title, source, date, tags, terms and tables are read, each table with its line, and the text below is left as it is."""
    expected = FrontMatter(
        title="Plants",
        source=Source("Green Desk", "A. Gardener", "https://example.org"),
        updated=datetime.date(2026, 1, 5),
        tags=["fern"],
        terms={"watering": ["water"]},
        tables=[
            TableSpec(
                "plant", "Which plant", "decision", Axis("experience", "years", ask="For how long?"),
                Axis("light", values={"shade": ["dark"]}), ["beginner"], 8,
            ),
            TableSpec("pot", "Pots", "decision", Axis("size"), Axis("price"), line=15),
        ],
    )  # fmt: skip
    assert (expected, "Water them.\nOften.", 17) == frontmatter.split("p.md", FULL)


def test_a_title_is_enough() -> None:
    """A guide need say no more than its title."""
    assert (FrontMatter(title="Plants"), "", 4) == frontmatter.split("p.md", "---\ntitle: Plants\n---\n")


def test_the_line_of_the_second_table_is_named() -> None:
    """A mistake in the second of two tables is reported at the second."""
    with pytest.raises(GuideError) as refused:
        frontmatter.split("p.md", FULL.replace("{axis: size}", "{axis: [size]}"))
    assert (refused.value.path, refused.value.line) == ("p.md", 15)


@pytest.mark.parametrize(
    "value", ["!!bool x", "!!int x", "!!float ''", "!!timestamp x", "9" * 5000, "!!binary \xff", "*nothing", "&a [*a]"]
)
def test_a_value_that_is_not_what_it_claims_is_refused_with_its_line(value: str) -> None:
    """A value that YAML cannot make sense of is refused as a mistake on its line."""
    with pytest.raises(GuideError) as refused:
        frontmatter.split("p.md", f"---\ntags: [a]\ntitle: {value}\n---\n")
    assert (refused.value.path, refused.value.line) == ("p.md", 3)


@given(st.text(alphabet="titleags: -[]{}&*!?#|>'\"%@`,\n\t<=0129.~é\x85\u2028", max_size=60))
def test_any_head_is_read_or_refused(head: str) -> None:
    """Whatever stands in the head, it is read or refused as a mistake of the guide."""
    text = f"---\ntitle: x\n{head}\n---\n"
    try:
        _, below, line = frontmatter.split("p.md", text)
    except GuideError as error:
        below, line = "", error.line
    assert text.endswith(below)
    assert 1 <= line <= len(text.splitlines()) + 1
