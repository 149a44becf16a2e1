"""A guide to passages: what is searched for and quoted."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import asking, guides, passages
from retrieval.guides import Guide
from retrieval.passages import LONGEST, Passage
from retrieval.terms import Terms
from tests.retrieval.bad_guides import HEAD


def parted(folder: Path, body: str, terms: dict[str, list[str]] | None = None) -> tuple[Guide, list[Passage]]:
    """The passages of a guide with this text."""
    path = folder / "corpus" / "guides" / "plants.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + body, "utf-8")
    parsed = guides.read(path, folder / "corpus")
    return parsed.guide, passages.of_guide(parsed, Terms([terms or {}]))


def test_a_paragraph_keeps_the_headings_that_lead_to_it(tmp_path: Path) -> None:
    """A paragraph is a passage with its headings and its lines, and is searched for under both."""
    expected = Passage(
        "plants",
        "prose",
        ("Care", "Water"),
        (10, 11),
        "Water a *fern*\noften.",
        "care. water. water a *fern* often.",
        heading="care. water",
    )
    assert [expected] == parted(tmp_path, "# Plants\n\n## Care\n\n### Water\n\nWater a *fern*\noften.\n")[1]


def test_a_question_and_its_answer_are_one_passage(tmp_path: Path) -> None:
    """What stands below a question is found with the question, all of it together."""
    _, found = parted(tmp_path, "## How often?\n\nWeekly.\n\nIn summer daily.\n\n## Pots\n\nLarge.\n")
    assert [(p.kind, p.lines, p.text) for p in found] == [("faq", (6, 8), "Weekly.\n\nIn summer daily."), ("prose", (12, 12), "Large.")]
    assert found[0].embedded == "how often?. weekly. in summer daily."


def test_a_question_asked_twice_gives_two_passages(tmp_path: Path) -> None:
    """Where a guide asks the same question in two places, what stands between them is in neither answer."""
    _, found = parted(tmp_path, "## Why?\n\nA.\n\n## Pots\n\nLarge.\n\n## Why?\n\nB.\n")
    assert [(p.kind, p.text) for p in found] == [("faq", "A."), ("prose", "Large."), ("faq", "B.")]


def test_a_list_stays_with_the_line_that_introduces_it(tmp_path: Path) -> None:
    """A list and the line with a colon above it are one passage; another line above a list is its own."""
    _, found = parted(tmp_path, "Easy ones are:\n\n- fern\n- ivy\n\nHard ones.\n\n1. orchid\n")
    assert [(p.kind, p.lines, p.text) for p in found] == [
        ("list", (4, 7), "Easy ones are:\n\n- fern\n- ivy"),
        ("prose", (9, 9), "Hard ones."),
        ("list", (11, 11), "1. orchid"),
    ]
    assert found[0].embedded == "easy ones are: fern; ivy"


def test_a_table_is_a_passage_and_each_row_another(tmp_path: Path) -> None:
    """A table and its rows are passages that know the table, found by the names of row and columns; its caption goes with it."""
    table = "| Plant | Price |\n|---|---|\n| **Fern** | $12[^1] |\n| Ivy | |"
    guide, found = parted(tmp_path, f"## Prices\n\nWhat they cost:\n\n{table}\n\n[^1]: A shop.\n")
    prices = ("Prices",)
    expected = [
        Passage("plants", "table", prices, (8, 11), table, "prices. what they cost: table of plant, price: fern, ivy.", ("A shop.",), 0),
        Passage("plants", "row", prices, (10, 10), "| **Fern** | $12[^1] |", "prices. plant: fern. price: $12.", ("A shop.",), 0, 0),
        Passage("plants", "row", prices, (11, 11), "| Ivy | |", "prices. plant: ivy.", (), 0, 1),
    ]
    assert [msgspec.structs.replace(p, heading="prices") for p in expected] == [p for p in found if p.kind != "reference"]
    assert guide.tables[0].rows[1] == ("Ivy", "")


def test_rows_rest_on_the_reference_above_their_table(tmp_path: Path) -> None:
    """A reference in the line above a table counts for each of its rows."""
    _, found = parted(tmp_path, "Prices.[^1]\n\n| Plant | Price |\n|---|---|\n| Fern | $12 |\n\n[^1]: A shop.\n")
    assert [(p.kind, p.references) for p in found if p.table is not None] == [("table", ("A shop.",)), ("row", ("A shop.",))]


def test_notes_are_marked_as_gap_or_claim(tmp_path: Path) -> None:
    """What a guide marks as missing or as its publisher's claim is marked in its passage, with the words alone."""
    _, found = parted(tmp_path, "> [!GAP]\n> No prices.\n\n> [!CLAIM]\n> Best shop\n> of all.\n\n> [!NOTE]\n> Mind it.\n")
    assert [(p.kind, p.lines, p.embedded) for p in found] == [
        ("gap", (5, 5), "no prices."),
        ("claim", (8, 9), "best shop of all."),
        ("prose", (12, 12), "mind it."),
    ]


def test_references_are_passages_one_by_one_and_together(tmp_path: Path) -> None:
    """Each reference is found by itself, and those that stand together as a list as well."""
    _, found = parted(tmp_path, "## Sources\n\n[^1]: A book.\n[^2]: A shop.\n")
    assert [(p.kind, p.lines) for p in found] == [("reference", (6, 6)), ("list", (6, 7)), ("reference", (7, 7))]


def test_terms_have_one_name_in_what_is_searched(tmp_path: Path) -> None:
    """A passage is searched for under the main name of a term, and quoted as it is written."""
    _, found = parted(tmp_path, "An MLE's pay.\n", {"machine learning engineer": ["MLE"]})
    assert [(p.text, p.embedded) for p in found] == [("An MLE's pay.", "an machine learning engineer pay.")]


def test_a_long_list_is_divided_between_its_items(tmp_path: Path) -> None:
    """A long list is divided between items, none of them lost, even where one is repeated in part."""
    items = [f"- item {n} " + "x" * 90 + ("\n" if n % 3 else "") for n in range(30)] + ["- item 2", "- item"]
    body = "\n".join(items)
    guide, found = parted(tmp_path, body + "\n")
    assert body.split() == " ".join(p.text for p in found).split()
    assert [p.text.split() for p in found] == [guide.slice(*p.lines).split() for p in found]
    assert [p for p in found if len(p.text) > LONGEST] == []


def test_a_long_answer_is_divided_and_keeps_its_question(tmp_path: Path) -> None:
    """An answer too long for one passage is several, each under the question."""
    body = "\n\n".join(f"Sentence {n} of this answer. " * 12 for n in range(4))
    _, found = parted(tmp_path, f"## Why?\n\n{body}\n")
    assert [("faq", ("Why?",), (line, line)) for line in (6, 8, 10, 12)] == [(p.kind, p.section, p.lines) for p in found]


WORDS = st.sampled_from(["Water", "it", "often", '"Now', "(He", "e.g.", "5.5", "x" * 60, "$12"])
ENDS = st.sampled_from([". ", '." ', ".) ", "! ", "?\n", ".\n", ", ", " ", "\n"])


@given(st.lists(st.tuples(WORDS, ENDS), min_size=1, max_size=200))
def test_sentences_lose_nothing_but_white_space(parts: list[tuple[str, str]]) -> None:
    """A text parted into sentences and joined again is the same text, closing quotes and brackets included."""
    text = "".join(word + end for word, end in parts)
    found = passages.sentences(text)
    assert "".join(text.split()) == "".join("".join(found).split())
    assert [sentence for sentence in found if sentence not in text] == []


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ('He said "go." Then he left.', ['He said "go."', "Then he left."]),
        ("It costs $5.50. (Or less.) 10% more.", ["It costs $5.50.", "(Or less.)", "10% more."]),
        ("Use e.g. ferns. and ivy", ["Use e.g. ferns. and ivy"]),
    ],
)
def test_a_sentence_ends_before_a_capital_or_a_figure(text: str, sentences: list[str]) -> None:
    """A sentence ends at a mark that a capital, a figure or an opening quote follows, and keeps its own closing quote."""
    assert sentences == passages.sentences(text)


@given(st.lists(st.tuples(WORDS, ENDS), min_size=100, max_size=400))
def test_a_long_paragraph_is_divided_without_losing_a_word(parts: list[tuple[str, str]]) -> None:
    """The parts of a long paragraph follow each other, hold every word, and name the lines where they stand."""
    text = "".join(word + end for word, end in parts).strip()
    block = passages.Block("paragraph", (11, 11 + text.count("\n")), text)
    found = list(passages._divided(block))
    lines = text.split("\n")
    assert "".join(text.split()) == "".join("".join(b.text for b in found).split())
    assert [b.text for b in found if b.text not in "\n".join(lines[b.lines[0] - 11 : b.lines[1] - 10])] == []
    assert [b.lines for b in found] == sorted(b.lines for b in found)


def test_every_passage_of_the_guides_stands_at_its_lines(corpus: Path) -> None:
    """For every passage of the guides that the program carries, its text is what stands at its lines, and under its headings."""
    wrong = []
    for path in guides.paths(corpus):
        parsed = guides.read(path, corpus)
        headings = {block.text for _, block in parsed.blocks if block.kind == "heading"}
        for passage in passages.of_guide(parsed, Terms([parsed.guide.terms])):
            inside = "".join(passage.text.split()) in "".join(parsed.guide.slice(*passage.lines).split())
            if not inside or not headings.issuperset(passage.section):
                wrong.append((passage.guide, passage.lines))
    assert wrong == []


def test_no_line_of_the_guides_is_left_out(corpus: Path) -> None:
    """Every line of text below a guide's head can be found, but for headings, captions of tables, rules and marks of notes."""
    left: list[str] = []
    for path in guides.paths(corpus):
        parsed = guides.read(path, corpus)
        found = asking.woven(parsed, passages.of_guide(parsed, Terms([])), Terms([]))
        held = {n for p in found for n in range(p.lines[0], p.lines[1] + 1)}
        captions = {table.caption for table in parsed.guide.tables}
        for _, block in parsed.blocks:
            if block.kind != "heading" and block.lines[0] not in held and passages.markdown.plain(block.text) not in captions:
                left.append(block.text)
    assert left == []
