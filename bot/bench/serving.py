"""What a process that serves holds, beside a script that loads sentence-transformers and encodes one question."""

from __future__ import annotations

import statistics

from bot.bench import starts
from bot.bench.row import Row
from bot.settings import Settings
from retrieval import encoder

# What a process has in memory when it is done, files that are mapped included; its peak, where the system tells no more.
HELD = """
import resource, sys
from pathlib import Path
status = Path("/proc/self/status")
held = [int(line.split()[1]) / 1024 for line in status.read_text().splitlines() if line.startswith("VmRSS:")] if status.exists() else []
print(held[0] if held else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1048576 if sys.platform == "darwin" else 1024))
"""
SERVES = """
import os
from pathlib import Path
from bot import grading, settings
from bot.messages import Ask
from bot.wiring import Bot
bot = Bot(settings.load(os.environ, Path()))
bot.keep_warm()
for question in grading.load(bot.settings.corpus):
    bot.handle(Ask(question.ask))
"""


def measure(settings: Settings, question: str, rounds: int) -> list[Row]:
    """Memory after a start as a platform makes it and an answer to each question of the corpus. Raises ModelError."""
    environment = starts.environment(settings)
    script = ["-c", starts.SCRIPT + HELD, encoder.folder(settings.model), question]
    ours = statistics.median(float(starts.cost(["-c", SERVES + HELD], environment).said) for _ in range(rounds))
    theirs = statistics.median(float(starts.cost(script, environment).said) for _ in range(rounds))
    return [Row("memory of a process that serves", ours, theirs, "MB", starts.BESIDE)]
