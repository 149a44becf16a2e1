"""Two rankings to one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DENSE_WEIGHT = 0.8


def convex(similarities: NDArray[np.float32], bm25: NDArray[np.float32], dense_weight: float = DENSE_WEIGHT) -> NDArray[np.float32]:
    """A convex combination of both scores, each scaled by its theoretical minimum and the best score of the query.

    `similarities` are cosines (-1 to 1), `bm25` scores from 0 up; both of shape (candidates,). The result is of the
    same shape, 0 to 1, larger is better. Method: S. Bruch, S. Gai, A. Ingber, "An Analysis of Fusion Functions for
    Hybrid Retrieval", ACM TOIS 2023 (theoretical min-max normalisation).
    """
    dense = (similarities + 1) / max(float(similarities.max(initial=-1.0)) + 1, 1e-9)
    lexical = bm25 / max(float(bm25.max(initial=0.0)), 1e-9)
    return np.asarray(dense_weight * dense + (1 - dense_weight) * lexical, dtype=np.float32)
