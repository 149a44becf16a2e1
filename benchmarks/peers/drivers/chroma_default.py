"""Chroma on disk, with its default embedding function: the same model by ONNX Runtime, without torch."""

from __future__ import annotations

from pathlib import Path

from chromadb.utils.embedding_functions import ONNXMiniLM_L6_V2

from benchmarks.peers.drivers import chroma

NAME = "Chroma, its default embedding"
VERSIONS = ("chromadb==1.5.9",)
SEARCH = "`PersistentClient`, a collection with the default embedding function (each text padded to 256 tokens), HNSW at its defaults"
KEPT = "all"
ENCODES = "chromadb.utils.embedding_functions.onnx_mini_lm_l6_v2.ONNXMiniLM_L6_V2._forward"
WEIGHTS = "onnx"


class Peer(chroma.Peer):
    """The peer; its model is loaded with the first text."""

    def __init__(self, weights: str) -> None:
        ONNXMiniLM_L6_V2.DOWNLOAD_PATH = Path(weights)  # where it would put what it downloads
        self.function = ONNXMiniLM_L6_V2()
