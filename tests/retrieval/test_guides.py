"""A file to a guide, and every mistake named with file and line."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from retrieval import guides, passages
from retrieval.errors import GuideError
from retrieval.frontmatter import Source
from retrieval.guides import Parsed, Table
from retrieval.terms import Terms
from tests.conftest import GUIDE
from tests.retrieval.bad_guides import BAD, HEAD


def read(folder: Path, content: str | bytes, name: str = "plants.md") -> Parsed:
    """Write a guide and read it."""
    path = folder / "corpus" / "guides" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return guides.read(path, folder / "corpus")


def test_a_guide_is_read_with_all_that_its_head_says(plants: Path) -> None:
    """A guide has its title, source, date, terms and text, and its path as its author knows it."""
    guide = guides.read(plants / "guides" / "plants.md", plants).guide
    assert (guide.id, guide.path, guide.title) == ("plants", "corpus/guides/plants.md", "Keeping plants")
    assert (Source("Green Desk", "A. Gardener"), "2026-01-05", {"watering": ["water"]}) == (guide.source, guide.updated, guide.terms)
    assert (GUIDE, guides.digest(plants / "guides" / "plants.md")) == (guide.text, guide.digest)


def test_a_table_knows_its_rows_and_their_lines(plants: Path) -> None:
    """A table has its section, its heading, its rows and the line of each."""
    rows = (("Fern", "$12", "5-8 years"), ("Cactus", "$7-$9", "20+ years"))
    expected = Table(("What it costs",), "", ("Plant", "Price", "Lives for"), rows, 23, (25, 26))
    guide = guides.read(plants / "guides" / "plants.md", plants).guide
    assert expected == guide.tables[0]
    assert [guide.slice(n, n) for n in guide.tables[0].row_lines] == ["| Fern | $12 | 5-8 years |", "| Cactus | $7-$9 | 20+ years |"]


def test_a_declared_table_carries_its_declaration(plants: Path) -> None:
    """The table in the section that a declaration names is a decision table, and no other."""
    tables = guides.read(plants / "guides" / "plants.md", plants).guide.tables
    assert [table.spec and table.spec.id for table in tables] == [None, "plant"]


def test_blocks_stand_under_their_headings(tmp_path: Path) -> None:
    """A block stands under the headings that lead to it, without the title's; a heading ends those of its level and below."""
    text = HEAD + "# Plants\n\na\n\n## One\n\n### Deep\n\nb\n\n## Two\n\nc\n\n#### Far\n\nd\n"
    found = [(section, block.text) for section, block in read(tmp_path, text).blocks if block.kind != "heading"]
    assert found == [((), "a"), (("One", "Deep"), "b"), (("Two",), "c"), (("Two", "Far"), "d")]


def test_references_are_resolved_and_may_be_one_word(tmp_path: Path) -> None:
    """A footnote is kept under its mark, even where it is one word or an address."""
    text = HEAD + "\nA[^1] b[^2] c[^x].\n\n[^1]: Levels.fyi\n[^2]: <https://example.org>\n[^x]: *A book*,\n  of 1999\n"
    expected = {"1": "Levels.fyi", "2": "https://example.org", "x": "*A book*, of 1999"}
    assert expected == read(tmp_path, text).guide.references


def test_brackets_in_code_are_no_footnotes(tmp_path: Path) -> None:
    """A pattern such as [^a-z] in a block of code is not taken for a footnote that is missing."""
    assert read(tmp_path, HEAD + "\n```\n[^a-z]+\n```\n").guide.references == {}


@pytest.mark.parametrize("change", ["\ufeff{}", "{}\r\n", "{}\r"])
def test_marks_of_other_systems_are_accepted(tmp_path: Path, change: str) -> None:
    """A byte order mark and the line ends of Windows and old Macs change nothing but the file's checksum."""
    text = GUIDE.replace("\n", change[2:]) if change.startswith("{}") else change.format(GUIDE)
    there, plain = read(tmp_path, text), read(tmp_path, GUIDE)
    assert plain.blocks == there.blocks
    assert (plain.guide.text, plain.guide.tables) == (there.guide.text, there.guide.tables)


@pytest.mark.parametrize("name", BAD)
def test_a_mistake_is_named_with_file_and_line(tmp_path: Path, name: str) -> None:
    """A guide that cannot be read is refused with its file, the line at fault, and what is wrong."""
    content, line, words = BAD[name]
    with pytest.raises(GuideError) as refused:
        read(tmp_path, content, "sub/bad.md")
    assert ("corpus/guides/sub/bad.md", line) == (refused.value.path, refused.value.line)
    assert words in refused.value.problem
    assert str(refused.value).startswith(f"corpus/guides/sub/bad.md, line {line}: ")


def test_two_declarations_of_one_table_are_refused(tmp_path: Path) -> None:
    """One table cannot be declared twice."""
    entry = GUIDE[GUIDE.index("  - id: plant") : GUIDE.index("---\n\n#")]
    with pytest.raises(GuideError, match=r"corpus/guides/plants\.md, line 13: two declared tables name the same section"):
        read(tmp_path, GUIDE.replace(entry, entry + entry.replace("id: plant", "id: pot")))


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    """A file over the size limit is refused at once, however large it is."""
    path = tmp_path / "corpus" / "guides" / "huge.md"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        file.write(HEAD.encode())
        file.truncate(50_000_000)
    with pytest.raises(GuideError, match=r"corpus/guides/huge\.md, line 4: the guide is larger than 5 MB"):
        guides.read(path, tmp_path / "corpus")


def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    """A file that cannot be opened is refused with its name."""
    with pytest.raises(GuideError, match=r"corpus/guides/gone\.md, line 1: cannot be opened"):
        guides.read(tmp_path / "corpus" / "guides" / "gone.md", tmp_path / "corpus")


def test_a_file_whose_name_cannot_be_shown_is_refused(tmp_path: Path) -> None:
    """A file name that is no text is refused, and the refusal can be printed."""
    with pytest.raises(GuideError, match="rename it") as refused:
        read(tmp_path, GUIDE, "a\udcff.md")
    assert str(refused.value).encode().startswith(b"'corpus/guides/a\\udcff.md', line 1")


def test_guides_are_found_by_their_ending_in_any_folder(plants: Path) -> None:
    """Markdown files in the folder and below are guides, in the order of their names; other files are not."""
    for name in ("b/x.MD", "a.markdown", "notes.txt", "README"):
        (plants / "guides" / name).parent.mkdir(exist_ok=True)
        (plants / "guides" / name).write_text("x")
    (plants / "guides" / "folder.md").mkdir()
    assert [p.relative_to(plants / "guides").as_posix() for p in guides.paths(plants)] == ["a.markdown", "b/x.MD", "plants.md"]


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    """Where there is no folder of guides, the folder and the setting are named."""
    with pytest.raises(GuideError, match=r"guides, line 1: no such folder; .* FINGERPOST_CORPUS"):
        guides.paths(tmp_path)


ODD = ["", "# A", "## B?", "text.", "text[^1]", "[^1]: note", "| a | b |", "|---|---|", "| 1 | 2 |", "| 1 |", "- x", "> [!GAP]", "> y",
       "```", "===", "<!-- [^9] -->", "\x0b", "\u2028", "\ufeff", "    x"]  # fmt: skip


@settings(max_examples=150)
@given(st.one_of(st.text(), st.binary(), st.lists(st.one_of(st.sampled_from(ODD), st.text(max_size=9)), max_size=12).map("\n".join)))
@example("<!-- [^9] -->\n| a | b |\n|---|---|\n| 1 | 2 |")
def test_any_text_is_read_or_refused(body: str | bytes) -> None:
    """Whatever stands in a guide, it is read and parted into passages, or refused with a line of the file."""
    content = HEAD.encode() + (body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass"))
    with tempfile.TemporaryDirectory() as folder:
        try:
            parsed = read(Path(folder), content)
            found = [(passage, parsed.guide) for passage in passages.of_guide(parsed, Terms([]))]
            lines = [passage.lines for passage, _ in found]
        except GuideError as error:
            found, lines = [], [(1, error.line)]
    last = content.count(b"\n") + content.count(b"\r") + 1
    assert [(a, b) for a, b in lines if not 1 <= a <= b <= last] == []
    assert [p for p, guide in found if p.text.split() != guide.slice(*p.lines).split()] == []
