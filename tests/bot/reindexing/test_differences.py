"""What is different between two answers, as far as it matters to the one who asks."""

from __future__ import annotations

import msgspec
import pytest

from bot.messages import Answer, Citation, Claim, Disagreement, Outcome, Recommendation
from bot.reindexing.differences import KINDS, LONGEST, Difference, between, shorten
from bot.reindexing.report import Report
from bot.reindexing.telling import describe
from retrieval.indexing import Change


def cited(quote: str, section: str = "Prices", line: int = 5, guide: str = "plants") -> Citation:
    """A citation of a guide."""
    return Citation(1, guide, f"corpus/guides/{guide}.md", "Plants", ("All", section), (line, line), quote, None, None, None, None)


def answer(*citations: Citation, outcome: Outcome = "answered", text: str = "The guides say [1].", **more: object) -> Answer:
    """An answer with these citations."""
    return Answer("", "q", outcome, text, citations, **more)  # type: ignore[arg-type]


def advised(*options: str, missing: tuple[str, ...] = ()) -> Answer:
    """A recommendation."""
    recommendation = Recommendation("plant", {}, options, missing, 1)
    return answer(cited("| a | b |"), outcome="clarify" if missing else "recommended", recommendation=recommendation)


FERN = answer(cited("A fern costs $12."))
NONE = answer(outcome="not_covered", text="The guides do not cover that.")
DIFFER = (Disagreement("price", (Claim("$12", 1), Claim("$14", 2))),)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (FERN, NONE, "lost"),
        (NONE, FERN, "gained"),
        (advised("Fern"), NONE, "lost"),
        (advised("Fern"), advised("Fern", missing=("light",)), "other outcome"),
        (advised("Fern"), FERN, "other outcome"),
        (advised("Fern"), advised("Palm"), "other recommendation"),
        (advised("Fern"), advised("Fern", "Palm"), "other recommendation"),
        (FERN, answer(cited("A fern costs $13.")), "other figure"),
        (FERN, answer(cited("A fern costs $12."), disagreements=DIFFER), "other figure"),
        (answer(text="The cheapest costs $7 [1]."), answer(text="The cheapest costs $5 [1]."), "other figure"),
        (FERN, answer(cited("A fern is cheap at $12.")), "other citation"),
        (FERN, answer(cited("Ferns like shade.", "Light")), "other citation"),
        (FERN, answer(cited("A fern costs $12."), cited("Ferns like shade.", "Light")), "other citation"),
        (FERN, FERN, None),
        (FERN, answer(cited("A fern costs $12.", line=99)), None),
        (FERN, answer(cited("A  **fern** costs $12.", "Elsewhere", 7, "pots")), None),
        (FERN, msgspec.structs.replace(FERN, text="Here it stands [1].", took_ms=5.0, generation="g2", suggestions=("a?",)), None),
        (NONE, msgspec.structs.replace(NONE, suggestions=("Another?",)), None),
    ],
)
def test_the_kind_of_a_difference(before: Answer, after: Answer, kind: str | None) -> None:
    """Answers lost, gained, with another recommendation, figure or passage differ; those with the same words do not."""
    found = between("q", before, after)
    assert (found.kind if found else None) == kind


def test_a_difference_shows_what_differs() -> None:
    """Of long quotes and many citations those parts are shown that differ, not those that both answers have."""
    common = cited("Ferns like shade.", "Light")
    start = "A fern is a plant of the forest floor that wants moisture and shade and that grows slowly over many years; "
    before, after = (answer(common, common, cited(f"{start}it costs {price} in a clay pot.")) for price in ("$12", "$13"))
    found = between("q", before, after)
    assert found is not None
    (one,), (other,) = found.before.citations, found.after.citations
    assert ("$12" in one.quote, "$13" in other.quote, one.guide, one.section) == (True, True, "plants", "Prices")
    assert (one.quote.startswith("…"), max(len(one.quote), len(other.quote)) <= LONGEST) == (True, True)


def told(*differences: Difference | None) -> list[str]:
    """The lines for these differences alone."""
    report = Report("g2", "g1", Change((), (), (), 0, 0), compared=9, differences=tuple(d for d in differences if d))
    return [line for line in describe(report) if line.startswith("- ")]


def test_a_difference_is_told_with_both_answers() -> None:
    """People read one line for each difference, with what is answered before and now."""
    assert told(between("What does a fern cost?", FERN, NONE)) == [
        "- “What does a fern cost?”: the answer is lost. Before: “A fern costs $12.” (plants › Prices). "
        "Now: not covered: The guides do not cover that."
    ]
    assert told(between("Which plant?", advised("Fern", "ivy"), advised("Palm"))) == [
        "- “Which plant?”: another recommendation. Before: recommends Fern or ivy. Now: recommends Palm."
    ]
    assert told(between("q", FERN, answer(cited("A fern costs $12."), disagreements=DIFFER))) == [
        "- “q”: another figure. Before: “A fern costs $12.” (plants › Prices). "
        "Now: $12 and $14, from “A fern costs $12.” (plants › Prices)."
    ]


def test_what_is_cited_besides_is_told_as_such() -> None:
    """An answer that cites what it did and one passage more has not changed it for the other; nor has one that cites one passage less."""
    more = answer(cited("A fern costs $12."), cited("Ferns like shade.", "Light"))
    assert told(between("q", FERN, more)) == [
        "- “q”: another passage is cited. As before: “A fern costs $12.” (plants › Prices). Now also: “Ferns like shade.” (plants › Light)."
    ]
    assert told(between("q", more, FERN)) == [
        "- “q”: another passage is cited. Before also: “Ferns like shade.” (plants › Light). Still: “A fern costs $12.” (plants › Prices)."
    ]
    assert "Before: recommends Fern. Now: recommends Palm." in told(between("q", advised("Fern"), _beside(advised("Palm"))))[0]


def _beside(advice: Answer) -> Answer:
    return msgspec.structs.replace(advice, citations=(*advice.citations, cited("Ferns like shade.", "Light")))


def test_the_gravest_kind_comes_first() -> None:
    """What is lost is told before what is gained."""
    assert (KINDS[0], KINDS[-1]) == ("lost", "gained")


def test_text_is_cut_between_words() -> None:
    """What is too long ends with a whole word and a mark."""
    assert shorten("one two, three", 10) == "one two…"
    assert shorten("one two", 7) == "one two"
