"""Markdown to blocks that know their lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import markdown
from retrieval.markdown import Block

TEXT = """# Plants

Water *them*.
Often.

- fern
- ivy

> [!GAP]
> The list is cut off.

| A | B |
|---|---|
| 1 | 2 |

```
| no | table |
```

[^1]: Levels.fyi
[^2]: A book,
of 1999.
"""

LINES = st.lists(
    st.one_of(
        st.sampled_from(
            ["", "# a", "## b?", "- x", "  - y", "1. z", "> q", "> [!GAP]", "| a | b |", "|---|---|", "| 1 | 2 |", "```", "    code",
             "[^1]: n", "t[^1]", "===", "---", "<!--", "-->", "<p>", "\\| x", "***"]
        ),
        st.text(max_size=12).map(lambda t: t.replace("\n", " ").replace("\r", " ")),
    ),
    max_size=14,
)  # fmt: skip


def test_each_kind_of_block_has_its_lines_and_its_text() -> None:
    """A guide is read as headings, paragraphs, lists, notes, tables, code and footnotes, each with its lines in the file."""
    expected = [
        Block("heading", (11, 11), "Plants", level=1),
        Block("paragraph", (13, 14), "Water *them*.\nOften."),
        Block("list", (16, 17), "- fern\n- ivy"),
        Block("note", (20, 20), "> The list is cut off.", label="GAP"),
        Block("table", (22, 24), "| A | B |\n|---|---|\n| 1 | 2 |"),
        Block("code", (26, 28), "```\n| no | table |\n```"),
        Block("footnote", (30, 30), "[^1]: Levels.fyi", label="1"),
        Block("footnote", (31, 32), "[^2]: A book,\nof 1999.", label="2"),
    ]
    assert expected == markdown.blocks(TEXT, 11)


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("## Two", "Two"),
        ("## Two ##", "Two"),
        ("## C# and F#", "C# and F#"),
        ("## #5", "#5"),
        ("Two\n---", "Two"),
        ("Two\nlines\n===", "Two\nlines"),
    ],
)
def test_a_heading_is_its_words_alone(text: str, heading: str) -> None:
    """The marks of a heading are not part of its name, whichever way it is marked."""
    assert [heading] == [block.text for block in markdown.blocks(text, 1) if block.kind == "heading"]


def test_a_footnote_below_a_paragraph_leaves_the_paragraph_whole() -> None:
    """A footnote that follows a paragraph with no empty line between takes nothing away from it."""
    expected = [Block("paragraph", (1, 1), "Water them.[^1]"), Block("footnote", (2, 2), "[^1]: A book.", label="1")]
    assert expected == markdown.blocks("Water them.[^1]\n[^1]: A book.", 1)


def test_link_definitions_are_no_text() -> None:
    """A line that only says where a link leads is not read as a paragraph."""
    assert markdown.blocks('[book]: https://example.org "A book"', 1) == []


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ("| a | b |", ("a", "b")),
        ("a | b", ("a", "b")),
        ("| a \\| b | |", ("a \\| b", "")),
        ("|a||", ("a", "")),
        ("| a | b \\|", ("a", "b \\|")),
    ],
)
def test_a_row_is_cut_at_its_bars(row: str, cells: tuple[str, ...]) -> None:
    """A row is cut at each bar that is not escaped, and the outer bars may be left out."""
    assert cells == markdown.cells(row)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**Bold** and `code`[^1]", "Bold and code"),
        ("see [the book](https://example.org), ![a fern](f.png)", "see the book, a fern"),
        ("<https://example.org/a>", "https://example.org/a"),
        ("- one\n- two", "one two"),
        ("> a note\n> of two lines", "a note of two lines"),
        ("3-5 * 2", "3-5 * 2"),
    ],
)
def test_plain_words_carry_no_marks(text: str, shown: str) -> None:
    """What is shown as plain words has neither Markdown marks nor line breaks."""
    assert shown == markdown.plain(text)


def test_footnote_marks_are_listed_once_and_definitions_are_none() -> None:
    """The footnotes that a text refers to are listed in order, each once."""
    assert markdown.footnote_marks("x[^b] y[^1] z[^b]\n[^2]: no") == ("b", "1")


@given(LINES, st.integers(1, 50))
def test_a_block_is_what_stands_at_its_lines(lines: list[str], first: int) -> None:
    """For any text, blocks come in order and each holds what stands at its lines; only a heading has lost its marks."""
    end = first - 1
    for block in markdown.blocks("\n".join(lines), first):
        there = "\n".join(lines[block.lines[0] - first : block.lines[1] - first + 1])
        assert end < block.lines[0] <= block.lines[1]
        assert block.text == there or (block.kind == "heading" and block.text in there)
        end = block.lines[1]
