"""Runs in a peer's own environment, as a process of its own for each measurement: one job in, one result out, as JSON files.

    python inside.py JOB RESULT

Needs nothing beside the peer's driver but NumPy, and that only where vectors are shared.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[2])  # else the files beside this one hide libraries of the same name

import importlib
import json
import resource
import time
from typing import Any

from benchmarks.peers.passages import MOST, read

WARM = 20  # questions, and passages, before those that are measured


def rank(job: dict[str, Any], peer: Any) -> dict[str, Any]:
    """The positions of the best passages for each question by its id."""
    peer.index(read(Path(job["passages"])), Path(job["folder"]))
    return {"ranked": {i: peer.search(text, MOST) for i, text in job["questions"].items()}}


def build(job: dict[str, Any], peer: Any) -> dict[str, Any]:
    """An index on disk, for `start` and `ask`."""
    peer.index(read(Path(job["passages"])), Path(job["folder"]))
    return {}


def index(job: dict[str, Any], peer: Any) -> dict[str, Any]:
    """Passages indexed in a CPU second, from their texts to an index on disk, the model loaded and warm."""
    passages, folder = read(Path(job["passages"])), Path(job["folder"])
    for name in ("warm", "whole"):
        (folder / name).mkdir()
    peer.index(passages[:WARM], folder / "warm")
    again = _driver(job).Peer(job["weights"])
    cpu, wall = time.process_time(), time.perf_counter()
    again.index(passages, folder / "whole")
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {"passages": len(passages), "rate": len(passages) / cpu, "rate_wall": len(passages) / wall}


def start(job: dict[str, Any], peer: Any) -> dict[str, Any]:
    """CPU seconds of this process from its start to the first result, from an index on disk."""
    peer.open(Path(job["folder"]))
    found = peer.search(next(iter(job["questions"].values())), MOST)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {"start": used.ru_utime + used.ru_stime, "found": found}


def ask(job: dict[str, Any], peer: Any) -> dict[str, Any]:
    """Milliseconds of each question, asked one at a time, and the memory (MB) that the process holds after them."""
    peer.open(Path(job["folder"]))
    questions = list(job["questions"].values())
    for question in questions[:WARM]:
        peer.search(question, MOST)
    cpu, wall = [], []
    for question in questions[WARM:]:
        began, started = time.process_time(), time.perf_counter()
        peer.search(question, MOST)
        cpu.append((time.process_time() - began) * 1000)
        wall.append((time.perf_counter() - started) * 1000)
    return {"cpu": cpu, "wall": wall, "memory": _memory()}


def _memory() -> float:
    """MB of this process that are in memory now, or were at most where the system does not say."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text("ascii").split("VmRSS:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1_048_576 if sys.platform == "darwin" else 1_024)


def _driver(job: dict[str, Any]) -> Any:
    return importlib.import_module(f"benchmarks.peers.drivers.{job['driver']}")


PHASES = {"rank": rank, "build": build, "index": index, "start": start, "ask": ask}


def main(job: dict[str, Any]) -> dict[str, Any]:
    """Do one job in this process: its `phase` by its `driver`, with `weights`, `folder`, `passages`, `questions`.

    Where it names `vectors`, a folder, the peer's encoder takes from there what was encoded before.
    """
    driver = _driver(job)
    if not (job.get("vectors") and driver.ENCODES):
        return PHASES[job["phase"]](job, driver.Peer(job["weights"]))
    from benchmarks.peers.vectors import Shared

    with Shared(Path(job["vectors"]), driver.ENCODES):
        return PHASES[job["phase"]](job, driver.Peer(job["weights"]))


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(main(json.loads(Path(sys.argv[1]).read_text("utf-8")))), "utf-8")
