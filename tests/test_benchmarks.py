"""The comparisons measure what the program does, of ways to search and beside its peers."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import retrieval
from benchmarks.peers import described, environments, inside, measuring, passages, tables
from benchmarks.peers.vectors import Shared
from benchmarks.typos import mistyped
from bot.progress import Bar
from retrieval import beir, evaluation
from retrieval.encoder import Model

BICYCLES = Path(__file__).parent / "retrieval" / "bicycles"


def test_the_comparison_agrees_with_the_evaluation(model: Model) -> None:
    """The default of the comparison is the search that `fingerpost eval --beir` measures, and so are its weights."""
    collection = beir.read(BICYCLES)
    with Bar() as bar, evaluation.indexed(collection, model, bar.show) as index:
        rows, chosen, alone = retrieval.compare(index, bar)
    measured = evaluation.evaluate(collection, model, lambda *_: None)
    default = next(value for way, value in rows.items() if way.startswith("**default"))
    assert [default, chosen[retrieval.DEFAULT]] == pytest.approx([measured["nDCG@10"]] * 2)
    assert alone == max(rows["dense alone"], rows["BM25 alone"]) < default


def test_a_long_word_gets_a_typo() -> None:
    """A text with a word of four letters or more, other than a stop word, is never left as it is but where two letters are equal."""
    assert [mistyped("what about it?", str(seed)) for seed in range(5)] == ["what about it?"] * 5
    changed = [mistyped("certification", str(seed)) for seed in range(20)]
    assert [text for text in changed if text == "certification" or abs(len(text) - 13) > 1] == []


def test_fingerpost_s_own_driver_ranks_as_the_evaluation_does(model: Model, models: Path, tmp_path: Path) -> None:
    """What stands beside the peers is the search that `fingerpost eval --beir` measures, built, opened again and asked."""
    collection = beir.read(BICYCLES)
    passages.write(tmp_path / "passages.json", measuring.documents(collection))
    job = {"driver": "fingerpost", "weights": str(models), "passages": str(tmp_path / "passages.json"), "questions": collection.queries}
    found = {}
    for phase, folder in (("rank", "ranked"), ("index", "indexed"), ("start", "ranked"), ("ask", "ranked")):
        (tmp_path / folder).mkdir(exist_ok=True)
        found[phase] = inside.main({**job, "phase": phase, "folder": str(tmp_path / folder)})
    measured = evaluation.evaluate(collection, model, lambda *_: None)
    assert measuring.ndcg(collection, found["rank"]["ranked"]) == pytest.approx(measured["nDCG@10"])
    assert found["start"]["found"] == next(iter(found["rank"]["ranked"].values()))
    assert found["index"]["passages"] == len(collection.documents)
    assert len(found["ask"]["cpu"]) == len(found["ask"]["wall"]) == max(0, len(collection.queries) - inside.WARM)


def test_every_peer_is_pinned() -> None:
    """Each driver's file says what it is and its versions, and where a library is ours as well, they are those that we use."""
    assert {path.stem for path in described.FOLDER.glob("*.py")} == set(described.ORDER)
    ours = dict(line.split("==") for line in (environments.ROOT / "requirements.lock").read_text("utf-8").splitlines() if "==" in line)
    for driver in described.every():
        assert all((driver.name, driver.search, driver.kept))
        assert driver.weights in ("package", "onnx", "ours", "")
        pinned = dict(version.split("==") for version in driver.versions if driver.driver != described.OURS)
        assert pinned.keys() or driver.driver == described.OURS
        assert {name: ours.get(name, version) for name, version in pinned.items()} == pinned


def test_what_the_image_leaves_out_is_read_from_the_dockerfile() -> None:
    """The packages that only make the export, and nothing that serves."""
    left = environments.left_out_of_the_image()
    assert {"torch", "transformers", "sentence-transformers", "threadpoolctl"} <= left
    assert left & {"openvino", "tokenizers", "faiss-cpu", "venv", "pip"} == set()


def test_a_text_is_encoded_once_for_all_peers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unit vectors of a peer's encoder, one or several, are those of the peer before where they were encoded then."""
    (tmp_path / "peer_s_own.py").write_text(
        "class Encoder:\n    def encode(self, texts):\n        return [[self.scale * len(text), 4.0] for text in texts]\n", "utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    encoder = __import__("peer_s_own").Encoder
    first, other = encoder(), encoder()
    first.scale, other.scale = 1, 100
    with Shared(tmp_path, "peer_s_own.Encoder.encode"):
        assert first.encode(["abc", "abc"]).tolist() == [pytest.approx([0.6, 0.8])] * 2
    with Shared(tmp_path, "peer_s_own.Encoder.encode"):
        assert other.encode("abc", normalize=False).tolist() == pytest.approx([0.6, 0.8])
        assert np.argmax(other.encode(sentences=["abc", "new"]), axis=1).tolist() == [1, 0]
    assert other.encode(["abc"]) == [[300, 4.0]]


def test_passages_are_taken_in_turn() -> None:
    """One of each collection after another, as long as there are any, up to the number that is asked for."""
    assert passages.in_turn(["abcd", "x", "12"], 6) == ["a", "x", "1", "b", "2", "c"]


def test_a_run_that_was_broken_off_goes_on(tmp_path: Path) -> None:
    """What was measured of the same versions is known; of others it is not."""
    bench = measuring.Bench(tmp_path, {"bicycles": beir.read(BICYCLES)}, measuring.QUICK)
    driver = described.read("bm25s")
    steps = {"nDCG@10 bicycles": 0.5, "index": {"rate": 9.0}, "size": {"installed": 70.0, "torch": 0.0}}
    steps["serve"] = {"start": 0.1, "memory": 40.0, "cpu 50": 0.4, "cpu 99": 0.6, "wall 50": 0.5, "wall 99": 0.7}
    kept = {"versions": list(driver.versions), **steps}
    (tmp_path / "quick" / "bm25s.json").write_text(json.dumps(kept), "utf-8")
    nowhere = environments.Environment(tmp_path / "none", driver)
    assert bench.measure(driver, nowhere, lambda _: None) == kept
    assert tables.cost([driver], {"bm25s": kept}).splitlines()[-1] == "| bm25s alone | 9 | 0.4 / 0.6 | 0.5 / 0.7 | 0.10 | 40 | 70 | 70 |"
    assert bench.known(dataclasses.replace(driver, versions=("bm25s==9",))) == {"versions": ["bm25s==9"]}
