"""What searching costs as the guides grow: the same code from ten thousand passages to a million. CPU time of one thread.

`python -m bot.bench.size FOLDER PASSAGES` is the process that is measured; it opens the index and asks.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np

from bot import cues
from bot.bench import synthetic
from bot.bench.row import percentile
from retrieval import search, words
from retrieval.embedding import Embedder
from retrieval.errors import IndexUnusable
from retrieval.generations import GenerationStore
from retrieval.journal import Journal
from retrieval.ports import Generation, Manifest, Recall, Vectors
from retrieval.reading import Progress
from retrieval.sealing import FORMAT
from retrieval.searcher import Searcher
from retrieval.stores import open_current, prune
from retrieval.terms import Terms
from retrieval.writing import FolderWriter

SIZES = (10_000, 100_000, 1_000_000)
ASKED = 500
PIECE = 65_536


class Size(msgspec.Struct, frozen=True):
    """What an index of so many `passages` costs.

    `recall` is the share of the true ten nearest that is found, 0 to 1; `vector` and `vector_slow` are the median and the 99th of 100
    searches by meaning, `lexical` the median by words, `hybrid` of both and their fusion, in CPU ms; `opened` in seconds;
    `memory` what the process has for itself in MB, `mapped` what it has of files; `built` in CPU seconds, `disk` in MB.
    """

    passages: int
    search: Recall
    recall: float
    vector: float
    vector_slow: float
    lexical: float
    hybrid: float
    hybrid_slow: float
    opened: float
    memory: float
    mapped: float
    built: float
    disk: float


def measure(progress: Progress, sizes: tuple[int, ...] = SIZES) -> list[Size]:
    """Build and ask an index of each size. Raises IndexUnusable where the process that asks fails."""
    found = []
    for number, passages in enumerate(sizes):
        progress("growing", number, len(sizes))
        with tempfile.TemporaryDirectory(prefix="fingerpost-bench-") as made:
            seconds = build(Path(made), passages, progress)
            disk = sum(path.stat().st_size for path in Path(made).rglob("*") if path.is_file()) / 1e6
            found.append(msgspec.convert({**_asked(made, passages), "built": seconds, "disk": disk}, Size))
    return found


def build(folder: Path, passages: int, progress: Progress) -> float:
    """An index of synthetic passages that serves from `folder`; the CPU seconds that it took."""
    started = time.process_time()
    store, (model, _) = GenerationStore(folder), synthetic.model(passages)
    with store.building() as building:
        with FolderWriter(building, Terms([]), ()) as writer:
            for read in synthetic.guides(passages):
                writer.add(read)
                if len(writer) % 10_000 == 0:
                    progress("writing", len(writer), passages)
            embedder = Embedder(model, None, 0, Journal(store.journal, model.identity))
            _, found = writer.finish(embedder, progress)
        guides = -(-passages // synthetic.OF_GUIDE)
        manifest = Manifest("one", FORMAT, "", model.identity, embedder.dimension, guides, passages, {}, search=found)
        store.seal(building, manifest)
        store.adopt(building, "one")
    store.publish("one")
    prune(store)
    return time.process_time() - started


def describe(sizes: list[Size]) -> str:
    """A table in Markdown."""
    head = [
        "passages",
        "found by",
        "recall@10",
        "by meaning p50 / p99",
        "by words p50",
        "both p50 / p99",
        "opened",
        "memory",
        "files",
        "built",
    ]
    rows = [[f"{s.passages:,}", _kind(s.search), f"{s.recall:.3f}", *_costs(s)] for s in sizes]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def _kind(found: Recall) -> str:
    return f"{found.kind}, {found.setting} lists" if found.setting else found.kind


def _costs(size: Size) -> list[str]:
    return [
        f"{size.vector:.2f} / {size.vector_slow:.2f} ms", f"{size.lexical:.2f} ms", f"{size.hybrid:.2f} / {size.hybrid_slow:.2f} ms",
        f"{size.opened:.3f} s", f"{size.memory:.0f} MB", f"{size.mapped:.0f} MB", f"{size.built:.0f} CPU s, {size.disk:.0f} MB",
    ]  # fmt: skip


def _asked(folder: str, passages: int) -> dict[str, object]:
    """What the process that asks has found."""
    done = subprocess.run(  # noqa: S603  our own
        [sys.executable, "-m", "bot.bench.size", folder, str(passages)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise IndexUnusable(f"an index of {passages} passages could not be asked: {done.stderr.strip()[-300:]}")
    found: dict[str, object] = json.loads(done.stdout)
    return found


def ask(folder: Path, passages: int) -> dict[str, object]:
    """Open an index in this process, and ask; all figures but those of the build."""
    model, subjects = synthetic.model(passages)
    chance = np.random.default_rng(4)
    numbers = chance.integers(0, passages, ASKED)
    asked = [synthetic.question(int(number)) for number in numbers]
    before, started = _memory()[0], time.perf_counter()
    generation, _ = open_current(GenerationStore(folder))
    searcher = Searcher(generation, model, cues.VOCABULARY)
    opened = time.perf_counter() - started
    vectors = subjects.vectors([generation.passages[int(number)].embedded for number in numbers], kind=1)
    indexes = search.Indexes(generation.vectors, generation.headings, generation.lexical)
    for _ in range(2):  # the second time the disk is warm
        by_meaning = [_ms(lambda v=v: generation.vectors.search(v, search.DEPTH)) for v in vectors]  # type: ignore[misc]
        by_words = [_ms(lambda t=t: generation.lexical.search(sorted(set(words.stems(t))), search.DEPTH)) for t in asked]  # type: ignore[misc]
        both = [_ms(lambda t=t, v=v: search.search(t, v, indexes, 10)) for t, v in zip(asked, vectors, strict=True)]  # type: ignore[misc]
    own, mapped = _memory()
    found = [generation.vectors.search(vector, search.DEPTH)[0][:10] for vector in vectors]
    del searcher
    return {
        "passages": passages, "search": msgspec.to_builtins(generation.manifest.search), "recall": _recall(generation, vectors, found),
        "vector": statistics.median(by_meaning), "vector_slow": percentile(by_meaning, 0.99), "lexical": statistics.median(by_words),
        "hybrid": statistics.median(both), "hybrid_slow": percentile(both, 0.99),
        "opened": opened, "memory": own - before, "mapped": mapped,
    }  # fmt: skip


def _recall(generation: Generation, asked: Vectors, found: list[np.ndarray[tuple[int, ...], np.dtype[np.int64]]]) -> float:
    """The share of the true ten nearest that were found, by comparing with every vector."""
    best = np.full((len(asked), 10), -2.0, np.float32)
    ids = np.zeros((len(asked), 10), np.int64)
    whole = generation.vectors.vectors()
    for start in range(0, len(whole), PIECE):
        cosines = asked @ whole[start : start + PIECE].T
        joined = np.concatenate([best, cosines], axis=1)
        numbers = np.concatenate([ids, np.broadcast_to(np.arange(start, start + cosines.shape[1]), cosines.shape)], axis=1)
        places = np.argpartition(-joined, 9, axis=1)[:, :10]
        best, ids = np.take_along_axis(joined, places, axis=1), np.take_along_axis(numbers, places, axis=1)
    return float(np.mean([len(set(one.tolist()) & set(other.tolist())) / 10 for one, other in zip(ids, found, strict=True)]))


def _memory() -> tuple[float, float]:
    """What this process has for itself, and what it has of files, in MB; 0 where the system does not tell."""
    try:
        lines = [line.split() for line in Path("/proc/self/smaps_rollup").read_text("utf-8").splitlines()[1:]]
    except OSError:
        return 0.0, 0.0
    there = {name: int(kb) / 1_024 for name, kb, *_ in lines}
    return there["Anonymous:"], there["Rss:"] - there["Anonymous:"]


def _ms(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1_000


if __name__ == "__main__":
    sys.stdout.write(json.dumps(ask(Path(sys.argv[1]), int(sys.argv[2]))))
