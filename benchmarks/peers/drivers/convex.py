"""sentence-transformers with FAISS and bm25s, by the sum of their normalised scores."""

from __future__ import annotations

import numpy as np

from benchmarks.peers.drivers import ranks

NAME = "the same + BM25, convex .5"
VERSIONS = ("sentence-transformers==6.2.0", "faiss-cpu==1.15.1", "bm25s==0.3.16", "PyStemmer==3.1.0")
SEARCH = "the first hundred of each, half of each score after min-max"
KEPT = "both indexes"
ENCODES = "sentence_transformers.SentenceTransformer.encode"
WEIGHTS = "package"


class Peer(ranks.Peer):
    """Both parts, each with its own index."""

    def search(self, question: str, k: int) -> list[int]:
        """The positions of the `k` best passages, best first."""
        vector = self.dense.model.encode([question], normalize_embeddings=True, show_progress_bar=False)
        near = self.dense.vectors.search(vector, ranks.DEPTH)[1][0]
        words = dict(self.lexical.scored(question, ranks.DEPTH))
        candidates = sorted({int(i) for i in near if i >= 0} | words.keys())
        cosines = self.dense.vectors.reconstruct_batch(np.array(candidates)) @ vector[0]
        fused = _share(cosines) + _share(np.array([words.get(i, 0.0) for i in candidates]))
        return [candidates[n] for n in np.argsort(-fused, kind="stable")[:k]]


def _share(scores: np.ndarray) -> np.ndarray:
    return (scores - scores.min()) / max(float(np.ptp(scores)), 1e-9)
