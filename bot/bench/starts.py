"""A process from its start to its first answer, beside a script that loads sentence-transformers and encodes one question."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Mapping
from typing import NamedTuple

from bot.bench.row import Row
from bot.settings import PREFIX, Settings
from retrieval import encoder
from retrieval.errors import ModelError

SCRIPT = """
import sys
from sentence_transformers import SentenceTransformer
SentenceTransformer(sys.argv[1], device="cpu").encode([sys.argv[2]])
"""
# Runs a command and says what it took. The system counts the memory of whoever starts a process as that process's peak: this takes little.
MEASURED = """
import resource, subprocess, sys
status = subprocess.call(sys.argv[1:])
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"\\n{usage.ru_utime + usage.ru_stime} {usage.ru_maxrss}")
sys.exit(status)
"""
BESIDE = "sentence-transformers: import, load, encode one question"


class Cost(NamedTuple):
    """What a process took, and what it printed."""

    seconds: float  # of CPU
    peak: float  # of memory, MB
    said: str


def measure(settings: Settings, question: str, rounds: int) -> list[Row]:
    """CPU time and peak memory, the medians of some runs. Raises ModelError where a process fails."""
    ours, theirs = [], []
    there = environment(settings)
    cost(["-m", "bot", "ask", question], there)  # once to warm the disk
    for _ in range(rounds):
        ours.append(cost(["-m", "bot", "ask", question], there))
        theirs.append(cost(["-c", SCRIPT, encoder.folder(settings.model), question], there))
    seconds, memory = statistics.median(run.seconds for run in ours), statistics.median(run.peak for run in ours)
    their_seconds, their_memory = statistics.median(run.seconds for run in theirs), statistics.median(run.peak for run in theirs)
    return [
        Row("start to first answer", seconds, their_seconds, "CPU s", BESIDE),
        Row("memory of that process, at most", memory, their_memory, "MB", BESIDE),
    ]


def environment(settings: Settings) -> dict[str, str]:
    """Variables by which a process of its own has these settings."""
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return own | {f"{PREFIX}HOME": str(settings.home), f"{PREFIX}CORPUS": str(settings.corpus), f"{PREFIX}MODEL": settings.model}


def cost(arguments: list[str], there: Mapping[str, str]) -> Cost:
    """What a Python process costs. Raises ModelError where it fails."""
    command = [sys.executable, "-c", MEASURED, sys.executable, *arguments]
    done = subprocess.run(command, env=dict(there), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)  # noqa: S603  our own
    if done.returncode:
        raise ModelError(f"`python {' '.join(arguments[:3])}` failed with status {done.returncode}")
    said, _, usage = done.stdout.rstrip("\n").rpartition("\n")
    seconds, peak = usage.split()
    return Cost(float(seconds), float(peak) / (1_048_576 if sys.platform == "darwin" else 1_024), said.rstrip("\n"))
