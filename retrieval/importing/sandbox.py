"""Converting in a process of its own, with bounds on its time and memory, so that a hostile file harms nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec

from retrieval.errors import ImportRefused
from retrieval.importing.draft import Draft

SECONDS = 60  # of processor time, and as many again of waiting
MEMORY = 2 * 2**30  # bytes of address space
TOO_MUCH = "reading the file takes more time or memory than a guide is worth; split it, or save it as plain text"


class Given(msgspec.Struct):
    """What the process is given."""

    filename: str
    content: bytes


class Converted(msgspec.Struct):
    """What it gives back: a draft, or why there is none."""

    draft: Draft | None = None
    refusal: str = ""


def convert(filename: str, content: bytes) -> Draft:
    """`files.convert` in another process. Raises ImportRefused, also where the process dies or takes too long."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "retrieval.importing"], input=msgspec.msgpack.encode(Given(filename, content)), capture_output=True,
            timeout=2 * SECONDS, cwd=Path(__file__).parents[2], preexec_fn=_bounded if sys.platform != "win32" else None, check=False,
        )  # fmt: skip
        made = msgspec.msgpack.decode(done.stdout, type=Converted)
    except subprocess.TimeoutExpired as error:
        raise ImportRefused(TOO_MUCH) from error
    except msgspec.MsgspecError as error:
        raise ImportRefused(TOO_MUCH if done.returncode < 0 or b"MemoryError" in done.stderr else "the file cannot be read") from error
    if made.draft is None:
        raise ImportRefused(made.refusal)
    return made.draft


def _bounded() -> None:
    """Run in the new process before anything else."""
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
