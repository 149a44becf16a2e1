"""A process from its start to its first answer, beside a script that loads sentence-transformers and encodes one question."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys

from bot.bench.row import Row
from bot.settings import PREFIX, Settings
from retrieval import encoder
from retrieval.errors import ModelError

SCRIPT = """
import sys
from sentence_transformers import SentenceTransformer
SentenceTransformer(sys.argv[1], device="cpu").encode([sys.argv[2]])
"""
BESIDE = "sentence-transformers: import, load, encode one question"


def measure(settings: Settings, question: str, rounds: int) -> list[Row]:
    """CPU time and peak memory, the medians of some runs. Raises ModelError where a process fails."""
    ours, theirs = [], []
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {f"{PREFIX}HOME": str(settings.home), f"{PREFIX}CORPUS": str(settings.corpus), f"{PREFIX}MODEL": settings.model}
    _cost(["-m", "bot", "ask", question], environment)  # once to warm the disk
    for _ in range(rounds):
        ours.append(_cost(["-m", "bot", "ask", question], environment))
        theirs.append(_cost(["-c", SCRIPT, encoder.folder(settings.model), question], environment))
    seconds, memory = (statistics.median(run[i] for run in ours) for i in (0, 1))
    their_seconds, their_memory = (statistics.median(run[i] for run in theirs) for i in (0, 1))
    return [
        Row("start to first answer", seconds, their_seconds, "CPU s", BESIDE),
        Row("memory of that process, at most", memory, their_memory, "MB", BESIDE),
    ]


def _cost(arguments: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """CPU seconds and peak memory (MB) of a Python process."""
    command = [sys.executable, *arguments]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603  our own
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise ModelError(f"`python {' '.join(arguments[:3])}` failed with status {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / (1_048_576 if sys.platform == "darwin" else 1_024)
