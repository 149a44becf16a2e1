"""Each peer measured once: quality on every collection, then cost. What was measured is kept, so that a second run has only the rest."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers import passages
from benchmarks.peers.described import OURS, Driver
from benchmarks.peers.environments import Environment, left_out_of_the_image, variables, weights
from benchmarks.peers.inside import WARM
from benchmarks.peers.passages import Passage
from retrieval import evaluation
from retrieval.beir import Collection

Json = dict[str, Any]


@dataclass(frozen=True)
class Extent:
    """How much is measured: passages that are indexed for their rate, questions that are timed, and starts."""

    indexed: int = 500
    asked: int = 200
    starts: int = 3
    questions: int | None = None  # of each collection for the quality; None for all
    documents: int | None = None


WHOLE, QUICK = Extent(), Extent(40, 10, 1, 20, 60)


class Bench:
    """The collections and a folder for environments, indexes and results."""

    def __init__(self, cache: Path, collections: Mapping[str, Collection], extent: Extent) -> None:
        self._cache = cache
        self._extent = extent
        self.collections = {name: _cut(one, extent) for name, one in collections.items()}
        self._results = cache / ("quick" if extent == QUICK else "whole")
        for folder in (self._results, cache / "vectors", cache / "work"):
            folder.mkdir(parents=True, exist_ok=True)

    def measure(self, driver: Driver, environment: Environment, tell: Callable[[str], None]) -> Json:
        """All figures of one peer: nDCG@10 of each collection, cost, and MB installed. Raises CalledProcessError."""
        steps: dict[str, Callable[[], Any]] = {
            f"nDCG@10 {name}": lambda name=name: self._quality(driver, environment, name)  # type: ignore[misc]
            for name in self.collections
        }
        steps |= {"index": lambda: self._indexing(driver, environment), "serve": lambda: self._serving(driver, environment)}
        steps["size"] = lambda: _size(driver, environment)
        found = self.known(driver)
        for step, work in steps.items():
            if step not in found:
                tell(f"{driver.driver}: {step}")
                found[step] = work()
                self._file(driver).write_text(json.dumps(found, indent=1), "utf-8")
        return found

    def known(self, driver: Driver) -> Json:
        """What earlier runs have measured of these versions."""
        path = self._file(driver)
        found: Json = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return found if found.get("versions") == list(driver.versions) else {"versions": list(driver.versions)}

    def forget(self, driver: Driver) -> None:
        """Let it be measured anew."""
        self._file(driver).unlink(missing_ok=True)

    def _file(self, driver: Driver) -> Path:
        return self._results / f"{driver.driver}.json"

    def _quality(self, driver: Driver, environment: Environment, name: str) -> float:
        collection = self.collections[name]
        others = driver.driver != OURS  # whose vectors are those of sentence-transformers; ours have to show that they are as good
        found = self._run(driver, environment, "rank", documents(collection), dict(collection.queries), share=others)
        return ndcg(collection, found["ranked"])

    def _indexing(self, driver: Driver, environment: Environment) -> Json:
        some = passages.in_turn([documents(one) for one in self.collections.values()], self._extent.indexed)
        return self._run(driver, environment, "index", some, {})

    def _serving(self, driver: Driver, environment: Environment) -> Json:
        """Starts and questions over an index of all collections' passages."""
        everything = [passage for one in self.collections.values() for passage in documents(one)]
        asked = passages.in_turn([list(one.queries.values()) for one in self.collections.values()], WARM + self._extent.asked)
        questions = {str(number): text for number, text in enumerate(asked)}
        self._run(driver, environment, "build", everything, {}, share=True)
        self._run(driver, environment, "start", [], questions, keep=True)  # once to warm the disk
        starts = [self._run(driver, environment, "start", [], questions, keep=True)["start"] for _ in range(self._extent.starts)]
        found = self._run(driver, environment, "ask", [], questions, keep=True)
        return {
            "passages": len(everything), "start": statistics.median(starts), "memory": found["memory"],
            **{f"{of} {share}": _percentile(found[of], share / 100) for of in ("cpu", "wall") for share in (50, 99)},
        }  # fmt: skip

    def _run(
        self, driver: Driver, environment: Environment, phase: str, given: Sequence[Passage], questions: Mapping[str, str], *,
        share: bool = False, keep: bool = False,
    ) -> Json:  # fmt: skip
        """One job in a process of its own. `share` vectors with other peers; `keep` the index of the run before."""
        work = self._cache / "work" / driver.driver
        if not keep:
            shutil.rmtree(work, ignore_errors=True)
            (work / "index").mkdir(parents=True)
        passages.write(work / "passages.json", given)
        job = {
            "driver": driver.driver, "phase": phase, "weights": weights(driver, environment, self._cache), "folder": str(work / "index"),
            "passages": str(work / "passages.json"), "questions": questions, "vectors": str(self._cache / "vectors") if share else "",
        }  # fmt: skip
        (work / "job.json").write_text(json.dumps(job), "utf-8")
        command = [str(environment.python), str(Path(__file__).with_name("inside.py")), str(work / "job.json"), str(work / "result.json")]
        with (work / "log.txt").open("a", encoding="utf-8") as log:
            subprocess.run(command, env=variables(), stdout=log, stderr=log, check=True)  # noqa: S603  our own
        return dict(json.loads((work / "result.json").read_text("utf-8")))


def documents(collection: Collection) -> list[Passage]:
    """The documents of a collection, in order."""
    return [Passage(text, collection.titles.get(i, "")) for i, text in collection.documents.items()]


def ndcg(collection: Collection, ranked: Mapping[str, Sequence[int]]) -> float:
    """nDCG@10 (0 to 1) of positions, best first, by question; a document with the question's own id is not counted."""
    ids = list(collection.documents)
    named = {query: [ids[position] for position in positions if ids[position] != query] for query, positions in ranked.items()}
    runs = {query: {document: 1 / (1 + place) for place, document in enumerate(found)} for query, found in named.items()}
    return evaluation.measure(collection.relevant, runs)["nDCG@10"]


def _cut(collection: Collection, extent: Extent) -> Collection:
    """The collection with no more than the extent says: the first questions, and documents that answer them first of all."""
    if extent.questions is None:
        return collection
    queries = dict(list(collection.queries.items())[: extent.questions])
    relevant = {query: collection.relevant[query] for query in queries}
    answers = dict.fromkeys(document for judged in relevant.values() for document in judged if document in collection.documents)
    kept = list(answers | dict.fromkeys(collection.documents))[: extent.documents]
    return Collection({i: collection.documents[i] for i in kept}, queries, relevant, collection.titles)


def _size(driver: Driver, environment: Environment) -> Json:
    found = environment.packages()
    size = {"installed": sum(found.values()), "torch": found.get("torch", 0.0)}
    if driver.driver == OURS:
        size["image"] = sum(mb for name, mb in found.items() if name not in left_out_of_the_image())
    return size


def _percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
