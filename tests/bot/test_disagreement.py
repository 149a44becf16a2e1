"""The finder of disagreements: what a careful reader finds, and nothing else."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bot.disagreement import WHOLE, Conflict, Disagreements
from retrieval import guides, markdown, passages
from retrieval.quantities import figures
from retrieval.terms import Terms

PLANTED = Path(__file__).parents[1] / "disagreeing"
LEAST_RECALL = 0.9


def _conflicts(corpus: Path) -> list[Conflict]:
    parsed = [guides.read(path, corpus) for path in guides.paths(corpus)]
    terms = Terms(p.guide.terms for p in parsed)
    found = [passage for p in parsed for passage in passages.of_guide(p, terms)]
    return Disagreements({p.guide.id: p.guide for p in parsed}, found, terms).conflicts


def test_of_many_guides_those_that_a_question_finds_are_compared() -> None:
    """Among thousands of passages the disagreements are those within the passages that were found, with the rarity of all."""
    corpus = PLANTED / "handbook"
    parsed = [guides.read(path, corpus) for path in guides.paths(corpus)]
    terms = Terms(p.guide.terms for p in parsed)
    found = [passage for p in parsed for passage in passages.of_guide(p, terms)]
    by_id = {p.guide.id: p.guide for p in parsed}
    few = Disagreements(by_id, found, terms)
    repeated = found * (1 + WHOLE // len(found))
    many = Disagreements(by_id, repeated, terms)
    assert len(repeated) > WHOLE
    assert few.among(found[:1], lambda _: True) == few.conflicts
    wanted = few.conflicts[0]
    involved = [statement.passage for statement in wanted.statements]
    (there,) = many.among(involved, wanted.statements[-1].__eq__)
    assert {s.figure.text for s in there.statements} == {s.figure.text for s in wanted.statements}
    assert there in many.among(involved, lambda _: True)
    assert many.among(involved[:1], lambda _: True) == []
    assert many.among(involved, lambda _: False) == []


def test_questions_that_are_noted_make_no_few_guides_many() -> None:
    """They state nothing: however many a guide notes, all of its passages are compared."""
    corpus = PLANTED / "handbook"
    parsed = [guides.read(path, corpus) for path in guides.paths(corpus)]
    terms = Terms(p.guide.terms for p in parsed)
    found = [passage for p in parsed for passage in passages.of_guide(p, terms)]
    noted = [msgspec.structs.replace(found[0], kind="asked", text="$1 or $2?", answers=number) for number in range(1, WHOLE + 1)]
    by_id = {p.guide.id: p.guide for p in parsed}
    few = Disagreements(by_id, found, terms, lambda _: 3.0)
    there = Disagreements(by_id, [*found, *noted], terms, lambda _: 3.0, len(noted))
    assert there.among(found[:1], lambda _: True) == few.conflicts != []


def _claims(conflict: Conflict) -> frozenset[tuple[str, str]]:
    return frozenset((s.passage.guide, s.figure.text) for s in conflict.statements)


def _planted(file: Path) -> list[frozenset[tuple[str, str]]]:
    """The rows of a table of planted disagreements, each as its claims: guide and figure."""
    rows = [markdown.cells(line) for line in file.read_text("utf-8").splitlines() if line.startswith("|")][2:]
    claims = [[cell.split(": ", 1) for cell in row[1:]] for row in rows]
    return [frozenset((guide, figures(text)[0].text if figures(text) else text) for guide, text in row) for row in claims]


@pytest.mark.parametrize("name", ["handbook", "makerspace"])
def test_planted_disagreements_are_found_and_traps_are_not(name: str) -> None:
    """Every conflict that is found was planted (precision 1), and nearly all that were planted are found."""
    found = [_claims(conflict) for conflict in _conflicts(PLANTED / name)]
    planted = _planted(PLANTED / name / "planted.md")
    assert [set(claims) for claims in found if not any(claims <= wanted for wanted in planted)] == []
    recall = sum(any(wanted <= claims for claims in found) for wanted in planted) / len(planted)
    assert recall >= LEAST_RECALL, [set(wanted) for wanted in planted if wanted not in found]


def test_the_guides_that_come_with_it_disagree_where_a_careful_reader_says(corpus: Path) -> None:
    """Four things are given with different figures: the two paths' and the course's time, and the share of research jobs."""
    expected = {
        "research jobs": {"10-15%", "10%"},
        "Internal pivot": {"6-12 months", "3-6 months"},
        "Self-study/portfolio": {"3-6 months", "6-12 months"},
        "bootcamp": {"3 months", "6-12 months"},
    }
    assert expected == {conflict.about: {s.figure.text for s in conflict.statements} for conflict in _conflicts(corpus)}
