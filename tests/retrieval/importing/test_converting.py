"""A file of any kind becomes a guide with its headings, lists and tables, and without what stands around the text."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval import guides
from retrieval.errors import ImportRefused, RequestError
from retrieval.importing import proposal
from retrieval.importing.proposal import Proposal, propose
from tests.retrieval.importing import pages


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus without guides."""
    (tmp_path / "corpus" / "guides").mkdir(parents=True)
    return tmp_path / "corpus"


def _written(found: Proposal, corpus: Path) -> guides.Parsed:
    return guides.read(proposal.accept(found, corpus, corpus.parent / "aside"), corpus)


def test_a_copied_page_loses_its_furniture_and_nothing_else() -> None:
    """Forms, teasers, time zones, counters and doubled lines go; every paragraph and every row stays."""
    found = propose("bread.txt", pages.PAGE.encode())
    lines = pages.PAGE.strip().split("\n")
    furniture = {line for line in lines[-10:] if line} | {
        "Master bread, cake and pastry with hands-on lessons, live mentorship and a certificate."
    }
    furniture |= set(lines[:4])
    assert [line for line in furniture if line in found.text] == []
    assert set(found.left_out) == furniture
    kept = [line for line in lines if line not in furniture and not line.startswith("|-")]
    assert [line for line in kept if line not in found.text] == []


def test_tables_are_found_and_the_one_that_decides_is_proposed(corpus: Path) -> None:
    """Each in a section of its own; the matrix by experience and goal can be asked at once."""
    found = propose("bread.txt", pages.PAGE.encode())
    assert len(found.tables) == 2
    assert found.deciding == ("“Experience: Everyday bread goal, Pastry goal” by experience and goal (everyday, pastry)",)
    [decides] = [table.spec for table in _written(found, corpus).guide.tables if table.spec]
    assert (decides.rows.unit, decides.columns.values) == ("years", {"everyday": ["everyday"], "pastry": ["pastry"]})


def test_what_is_announced_and_not_there_is_told() -> None:
    assert any(
        "announces what does not follow" in doubt
        for doubt in propose(
            "a.txt", b"It begins with a sentence that is long enough to be one.\nThe steps of all this are:\nAnd then it ends, as texts do."
        ).doubts
    )


def test_a_web_page_is_its_article(corpus: Path) -> None:
    """Menus, notices, related articles and forms are left out; the page's own title, author, site and date are kept."""
    found = propose("page.html", pages.HTML.encode())
    for furniture in ("cookies", "Shop", "Related", "rights reserved", "cacti"):
        assert furniture not in found.text
    guide = _written(found, corpus).guide
    assert (guide.title, guide.source.publisher, guide.source.author, guide.updated) == (
        "Watering ferns",
        "Green Desk",
        "Ann Fern",
        "2026-02-03",
    )
    assert [table.rows for table in guide.tables] == [(("Small", "$8"), ("Large", "$30"))]
    assert guide.tables[0].section == ("How much it costs",)


def test_a_word_document_keeps_its_structure(corpus: Path) -> None:
    found = propose("Repotting a plant.docx", pages.word())
    assert (found.id, found.title) == ("repotting-a-plant", "Repotting")
    assert "## What you need\n\n- A pot that is two fingers wider\n- Fresh soil without peat" in found.text
    assert _written(found, corpus).guide.tables[0].rows == (("Clay", "$6"),)


def test_a_pdf_keeps_its_headings(corpus: Path) -> None:
    """Large letters are headings; lines of one paragraph are one line again."""
    made = pages.portable(
        [[("Light for plants", 22), ("Most plants of the house want a bright place", 11), ("without the sun of noon.", 11)]]
    )
    found = propose("light.pdf", made)
    assert "## Light for plants" in found.text or found.title == "Light for plants"
    assert "Most plants of the house want a bright place without the sun of noon." in found.text
    _written(found, corpus)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_is_read_in_its_encoding(encoding: str) -> None:
    text = "Die Hälfte der Pflanzen überwintert im Haus, weil es draußen friert. Größere brauchen Schutz, kleinere nicht, für Jahre."
    assert text in propose("pflanzen.txt", text.encode(encoding)).text


def test_a_guide_in_our_own_format_stays_as_it_is() -> None:
    text = "---\ntitle: Mine\nupdated: 2026-01-02\n---\n\n# Mine\n\n## A\n\nText that stays.\n"
    found = propose("mine.md", text.encode())
    assert (found.text, found.title) == (text, "Mine")


def test_a_guide_that_the_index_could_not_read_is_refused_with_its_line() -> None:
    with pytest.raises(ImportRefused, match=r"line 6 of the guide: .*not defined"):
        propose("mine.md", b"---\ntitle: Mine\n---\n\n\nText with a note.[^1]\n")


def test_a_guide_is_replaced_only_when_asked_and_nothing_is_lost(corpus: Path, tmp_path: Path) -> None:
    """What is replaced or removed is kept aside; names cannot lead out of the folder."""
    first, second = propose("a.md", b"# A\n\nThe first text."), propose("../../A.md", b"# A\n\nThe second text.")
    aside = tmp_path / "aside"
    assert (first.id, second.id) == ("a", "a")
    path = proposal.accept(first, corpus, aside)
    with pytest.raises(RequestError, match="already"):
        proposal.accept(second, corpus, aside)
    assert "first" in path.read_text("utf-8")
    proposal.accept(second, corpus, aside, replace=True)
    assert "second" in path.read_text("utf-8")
    proposal.remove("a", corpus, aside)
    assert list(corpus.rglob("*.md")) == []
    assert sorted("first" in kept.read_text("utf-8") for kept in aside.iterdir()) == [False, True]
    with pytest.raises(RequestError, match="there are none"):
        proposal.remove("a", corpus, aside)


@pytest.mark.parametrize(
    ("there", "given"),
    [
        ("My_Guide.md", "My_Guide.md"), ("faq_2.md", "faq_2.md"), ("x.markdown", "x.md"), ("team/Über uns.md", "Über uns.md"),
        ("team/faq.md", "team-faq.txt"), ("指南.md", "指南.md"),
    ],
)  # fmt: skip
def test_a_guide_of_any_name_is_replaced_where_it_lies(corpus: Path, tmp_path: Path, there: str, given: str) -> None:
    """Whatever an author has called it: no twin is made, and the preview names the file."""
    path = corpus / "guides" / there
    path.parent.mkdir(exist_ok=True)
    path.write_text("# Before\n\nThe text before.\n", "utf-8")
    found = propose(given, b"# After\n\nThe text after.")
    assert proposal.existing(found.id, corpus) == there
    assert proposal.preview(found, replaces=there)[0].endswith(f"” in place of the guide {there}")
    with pytest.raises(RequestError, match=f"there is a guide {there} already"):
        proposal.accept(found, corpus, tmp_path / "aside")
    assert proposal.accept(found, corpus, tmp_path / "aside", replace=True) == path
    assert guides.paths(corpus) == [path]
    assert "after" in path.read_text("utf-8")


def test_of_several_guides_that_may_be_meant_none_is_replaced_by_guess(corpus: Path) -> None:
    """The nearest name is meant; else each can be, by its folder's name as well."""
    (corpus / "guides" / "a").mkdir()
    (corpus / "guides" / "b").mkdir()
    for name in ("a/faq.md", "b/FAQ.md"):
        (corpus / "guides" / name).write_text("# F\n\nText.\n", "utf-8")
    with pytest.raises(RequestError, match=r"may mean any of a/faq\.md, b/FAQ\.md; call this one a-faq or b-faq"):
        proposal.existing("faq", corpus)
    assert proposal.existing(propose("x.md", b"# F\n\nText.", identity="b/FAQ").id, corpus) == "b/FAQ.md"
    (corpus / "guides" / "faq.md").write_text("# F\n\nText.\n", "utf-8")
    assert proposal.existing("faq", corpus) == "faq.md"


def test_guides_without_a_latin_letter_in_their_names_are_told_apart() -> None:
    ids = {propose(name, b"# A\n\nText.").id for name in ("指南.md", "手册.md", "指南 2.md", "手册 2.md")}
    assert len(ids) == 4


def test_a_corpus_that_cannot_be_written_says_so(corpus: Path, tmp_path: Path) -> None:
    """Here the folder of guides is a file."""
    (corpus / "guides").rmdir()
    (corpus / "guides").write_text("no folder", "utf-8")
    with pytest.raises(ImportRefused, match="cannot be changed"):
        proposal.accept(propose("a.md", b"# A\n\nText."), corpus, tmp_path / "aside")


def test_the_preview_says_what_would_come_and_what_would_not() -> None:
    lines = proposal.preview(propose("bread.txt", pages.PAGE.encode()))
    said = "\n".join(lines)
    assert len(said) <= 3_000
    for part in ("passages", "Tables:", "would recommend", "Left out", "- Time Zone:"):
        assert part in said


def test_a_word_document_loses_nothing() -> None:
    """It has no menus and forms around it, so a line in it that looks like one is meant."""
    lines = ["Staff may take 25 days of leave a year.", "Download the form.", "Register your leave with the office.", "Sign up for it.",
             "Questions go to the office, which answers within two working days.", "Office", "Canteen", "Workshop"]  # fmt: skip
    found = propose("leave.docx", pages.word(*lines))
    assert ([line for line in lines if line not in found.text], found.left_out) == ([], ())


def test_lines_that_were_broken_at_a_width_are_joined() -> None:
    """A paragraph is a passage; items, headings and short lines such as an address stay on lines of their own."""
    text = (
        "Caring for a chain\n\nA chain wants oil every 200 kilometres or so, and more often in\nthe rain, because water washes the oil "
        "out and lets the links\nrust from the inside.\n\nCleaning comes first: a rag and a little degreaser are enough\nfor most chains, "
        "and a brush helps with the cassette behind\nthem.\n\n- a rag\n- a brush\n"
    )
    found = propose("chain.txt", text.encode()).text
    assert "more often in the rain, because water washes the oil out and lets the links rust from the inside.\n" in found
    assert "- a rag\n- a brush" in found


def test_a_title_is_one_line() -> None:
    """Whatever is given for it: the guide stays one that can be read."""
    assert propose("a.md", b"# A\n\nText.", title="One\n---\ntitle: two").title == "One --- title: two"
