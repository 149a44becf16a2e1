"""What the drivers say of themselves, read without importing them: their libraries are in other environments."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "drivers"
ORDER = ("bm25s", "dense", "ranks", "convex", "chroma", "chroma_default", "txtai", "llamaindex", "langchain", "haystack", "fingerpost")
OURS = "fingerpost"
_SAID = ("NAME", "VERSIONS", "SEARCH", "KEPT", "ENCODES", "WEIGHTS")


@dataclass(frozen=True)
class Driver:
    """A peer. `versions` are what pip is asked for; `search`, what is searched and how; `kept`, what a start finds on disk.

    `encodes` is the dotted name of the method that encodes texts, "" where a peer has none or shares none. `weights` is in which form
    the model is taken: "package" (for torch), "onnx", "ours" (the export that Fingerpost makes), or "" for none.
    """

    driver: str
    name: str
    versions: tuple[str, ...]
    search: str
    kept: str
    encodes: str
    weights: str


def read(driver: str) -> Driver:
    """What one driver's file says."""
    tree = ast.parse((FOLDER / f"{driver}.py").read_text("utf-8"))
    said = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in _SAID
    }
    return Driver(driver, said["NAME"], said["VERSIONS"], said["SEARCH"], said["KEPT"], said["ENCODES"], said["WEIGHTS"])


def every() -> list[Driver]:
    """All drivers, in the order of the tables."""
    return [read(driver) for driver in ORDER]
