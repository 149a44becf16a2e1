"""Two rankings to one: how near passages are in meaning, and how much of the question's words they hold.

A convex combination of both scores beats the fusion of ranks (S. Bruch, S. Gai, A. Ingber, "An Analysis of Fusion
Functions for Hybrid Retrieval", ACM TOIS 2023), and how far each ranking is to be trusted differs from question to
question, which the scores themselves tell (A. Shtok, O. Kurland, D. Carmel, "Predicting Query Performance by
Query-Drift Estimation", ACM TOIS 2012). docs/retrieval.md has the comparison that these parameters come from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

FIELD = 10  # the passage that the nearest one is compared with


@dataclass(frozen=True)
class Weights:
    """What each score counts; `benchmarks/retrieval.py` shows how the defaults were chosen.

    `heading` is the share of what a heading is nearer to the question than its passage (0 to 1), `words` what the words
    count where no passage stands out by its meaning (0 and up), `clear` how far the nearest passage is ahead, in cosine,
    where its words count half of that (above 0).
    """

    heading: float = 0.5
    words: float = 0.6
    clear: float = 0.15


DEFAULT = Weights()


def fuse(similarities: Scores, headings: Scores, lexical: Scores, weights: Weights = DEFAULT) -> Scores:
    """Rank scores from -1 to about 2, larger is better; all of shape (candidates,).

    `similarities` and `headings` are cosines (-1 to 1) of passages and of what stands above them, `lexical` is BM25 as a
    share of its ideal (0 and up). Who is better in all three is never worse in the result.
    """
    return np.asarray(meaning(similarities, headings, weights) + trust(similarities, weights) * lexical, dtype=np.float32)


def meaning(similarities: Scores, headings: Scores, weights: Weights = DEFAULT) -> Scores:
    """The cosines, raised where a heading says it better: a question in a heading is what people ask, its answer is not."""
    return np.asarray(similarities + weights.heading * np.maximum(headings - similarities, 0), dtype=np.float32)


def trust(similarities: Scores, weights: Weights = DEFAULT) -> float:
    """What the words count, 0 to `weights.words`: less, the further one passage is ahead of the field in meaning."""
    if not len(similarities):
        return weights.words
    ordered = similarities.copy()
    ordered.sort()
    ahead = float(ordered[-1] - ordered[-1 - min(FIELD - 1, len(ordered) // 2)])
    return weights.words / (1 + (ahead / weights.clear) ** 2)
