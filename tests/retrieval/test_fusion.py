"""Two rankings to one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.fusion import DEFAULT, FIELD, Scores, fuse, meaning, trust

COSINE = st.floats(-1, 1, width=32)
CANDIDATES = st.lists(st.tuples(COSINE, COSINE, st.floats(0, 2, width=32)), min_size=1, max_size=30)


def scores(*values: float) -> Scores:
    """An array of scores."""
    return np.array(values, dtype=np.float32)


def columns(candidates: list[tuple[float, float, float]]) -> tuple[Scores, Scores, Scores]:
    """The three scores of candidates, each as an array."""
    return scores(*(c[0] for c in candidates)), scores(*(c[1] for c in candidates)), scores(*(c[2] for c in candidates))


def test_a_nearer_heading_lifts_its_passage() -> None:
    """A heading that is nearer to the question than its passage counts its share of the difference; another counts nothing."""
    assert meaning(scores(0.4, 0.4, 0.4), scores(0.8, 0.2, -1)).tolist() == pytest.approx([0.4 + DEFAULT.heading * 0.4, 0.4, 0.4])


def test_words_count_half_where_one_passage_is_clearly_ahead() -> None:
    """The nearest passage is compared with the tenth, or with the middle of fewer."""
    field = [0.8 - DEFAULT.clear] * 20
    assert trust(scores(0.8, *field)) == pytest.approx(DEFAULT.words / 2)
    assert trust(scores(*([0.8] * FIELD), *field)) == pytest.approx(DEFAULT.words)
    assert trust(scores(0.8, 0.8 - DEFAULT.clear, 0)) == pytest.approx(DEFAULT.words / 2)


def test_both_are_added() -> None:
    """The rank score is the meaning and, by their weight, the words."""
    cosines, held = scores(0.5, 0.5), scores(1, 0.25)
    assert fuse(cosines, scores(-1, -1), held).tolist() == pytest.approx([0.5 + DEFAULT.words, 0.5 + DEFAULT.words / 4])


def test_nothing_is_fused_to_nothing() -> None:
    """No candidates give no scores."""
    assert fuse(scores(), scores(), scores()).tolist() == []


@given(CANDIDATES)
def test_what_all_agree_on_is_kept(candidates: list[tuple[float, float, float]]) -> None:
    """Who is no worse in meaning, heading and words is no worse in the fused ranking, and scores keep their range."""
    fused = fuse(*columns(candidates)).tolist()
    assert [score for score in fused if not -1 <= score <= 1 + 2 * DEFAULT.words + 1e-5] == []
    worse = [(a, b) for a, x in zip(candidates, fused, strict=True) for b, y in zip(candidates, fused, strict=True)
             if all(one >= other for one, other in zip(a, b, strict=True)) and x < y - 1e-5]  # fmt: skip
    assert worse == []


@given(CANDIDATES, st.randoms(use_true_random=False))
def test_the_order_of_candidates_does_not_matter(candidates: list[tuple[float, float, float]], random: object) -> None:
    """A candidate has the same score wherever it stands."""
    shuffled = list(range(len(candidates)))
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    fused = fuse(*columns(candidates))
    assert fuse(*columns([candidates[i] for i in shuffled])).tolist() == pytest.approx(fused[shuffled].tolist(), abs=1e-6)


@given(CANDIDATES)
def test_without_words_or_headings_the_order_is_that_of_meaning(candidates: list[tuple[float, float, float]]) -> None:
    """Where no word is found and nothing stands above the passages, the scores are the cosines."""
    cosines = columns(candidates)[0]
    assert fuse(cosines, np.full_like(cosines, -1), np.zeros_like(cosines)).tolist() == pytest.approx(cosines.tolist())


@given(CANDIDATES, st.floats(0, 0.5))
def test_words_count_less_the_further_one_passage_is_ahead(candidates: list[tuple[float, float, float]], further: float) -> None:
    """If the nearest passage moves further ahead of the others, the words never count more."""
    cosines = columns(candidates)[0]
    ahead = cosines.copy()
    ahead[int(cosines.argmax())] += np.float32(further)
    assert 0 < trust(ahead) <= trust(cosines) + 1e-6
