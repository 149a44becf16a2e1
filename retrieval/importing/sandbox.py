"""Files of other people are read in a process of its own, with bounds on time and memory, so that a hostile one harms nothing else.

That process is given the file and no more of the environment than it needs to start: no tokens.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from retrieval.errors import ImportRefused

SECONDS = 60  # of processor time, and as many again of waiting
MEMORY = 2 * 2**30  # bytes of address space
TOO_MUCH = "reading the file takes more time or memory than a guide is worth; split it, or save it as plain text"
OUT_OF_MEMORY = 3  # the exit status of a process that ran out of it, or of stack
PASSED_ON = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")


def run(given: bytes) -> bytes:
    """What `retrieval.importing`, run as a program, answers to `given`. Raises ImportRefused where it dies or takes too long."""
    root = Path(__file__).parents[2]
    environment = {**{key: os.environ[key] for key in PASSED_ON if key in os.environ}, "PYTHONPATH": str(root)}
    command = [sys.executable, "-B", "-m", "retrieval.importing", str(SECONDS)]
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=2 * SECONDS, cwd=root, env=environment, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise ImportRefused(TOO_MUCH) from error
    if done.returncode < 0 or done.returncode == OUT_OF_MEMORY:
        raise ImportRefused(TOO_MUCH)
    if done.returncode or not done.stdout:
        raise ImportRefused("the file cannot be read; save it anew, or as plain text")
    return done.stdout


def bound(seconds: int) -> None:
    """Bound this process, where the system can. Called by the new process itself: the one that starts it has threads."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
