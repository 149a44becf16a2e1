"""Two rankings to one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.fusion import convex


def test_both_scores_are_scaled_and_weighed() -> None:
    """Cosines count from -1 to the best, BM25 from 0 to the best, and the sum is weighed."""
    fused = convex(np.array([0.5, 1, -1], dtype=np.float32), np.array([0, 2, 4], dtype=np.float32), 0.8)
    assert fused.tolist() == pytest.approx([0.8 * 0.75, 0.8 + 0.2 * 0.5, 0.2])


def test_meaning_alone_decides_where_no_word_is_found() -> None:
    """Without any lexical match the ranking is that of the cosines."""
    fused = convex(np.array([0.2, 0.6], dtype=np.float32), np.zeros(2, dtype=np.float32), 0.8)
    assert fused.tolist() == pytest.approx([0.8 * 1.2 / 1.6, 0.8])


def test_nothing_is_fused_to_nothing() -> None:
    """No candidates give no scores."""
    assert convex(np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.float32)).tolist() == []


@given(st.lists(st.tuples(st.floats(-1, 1, width=32), st.floats(0, 50, width=32)), min_size=1, max_size=20))
def test_scores_lie_between_0_and_1_and_keep_what_both_agree_on(pairs: list[tuple[float, float]]) -> None:
    """Fused scores lie between 0 and 1, and who is better in both rankings is never worse in the fused one."""
    fused = convex(np.array([p[0] for p in pairs], dtype=np.float32), np.array([p[1] for p in pairs], dtype=np.float32))
    assert [score for score in fused.tolist() if not 0 <= score <= 1 + 1e-6] == []
    worse = [(a, b) for a, x in zip(pairs, fused, strict=True) for b, y in zip(pairs, fused, strict=True)
             if a[0] >= b[0] and a[1] >= b[1] and x < y - 1e-6]  # fmt: skip
    assert worse == []
