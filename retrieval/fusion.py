"""Two rankings to one: how near passages are in meaning, and how much of the question's words they hold.

A convex combination of both scores beats the fusion of ranks (S. Bruch, S. Gai, A. Ingber, "An Analysis of Fusion
Functions for Hybrid Retrieval", ACM TOIS 2023), and how far each ranking is to be trusted differs from question to
question, which the scores themselves tell (A. Shtok, O. Kurland, D. Carmel, "Predicting Query Performance by
Query-Drift Estimation", ACM TOIS 2012). docs/retrieval.md has the comparison that these parameters come from.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

HEADING_SHARE = 0.5  # of what a heading is nearer to the question than its passage
LEXICAL_WEIGHT = 0.6  # of the words, where no passage stands out by its meaning
CLEAR = 0.15  # how far the nearest passage is ahead, in cosine, where its words count half
FIELD = 10  # the passage that the nearest one is compared with


def fuse(similarities: Scores, headings: Scores, lexical: Scores) -> Scores:
    """Rank scores from -1 to about 2, larger is better; all of shape (candidates,).

    `similarities` and `headings` are cosines (-1 to 1) of passages and of what stands above them, `lexical` is BM25 as a
    share of its ideal (0 and up). Who is better in all three is never worse in the result.
    """
    return np.asarray(meaning(similarities, headings) + lexical_weight(similarities) * lexical, dtype=np.float32)


def meaning(similarities: Scores, headings: Scores) -> Scores:
    """The cosines, raised where a heading says it better: a question in a heading is what people ask, its answer is not."""
    return np.asarray(similarities + HEADING_SHARE * np.maximum(headings - similarities, 0), dtype=np.float32)


def lexical_weight(similarities: Scores) -> float:
    """What the words count, 0 to LEXICAL_WEIGHT: less, the further one passage is ahead of the field in meaning."""
    if not len(similarities):
        return LEXICAL_WEIGHT
    ordered = np.sort(similarities)[::-1]
    ahead = float(ordered[0] - ordered[min(FIELD - 1, len(ordered) // 2)])
    return LEXICAL_WEIGHT / (1 + (ahead / CLEAR) ** 2)
