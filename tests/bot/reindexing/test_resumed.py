"""A build that is killed while it embeds goes on where it was."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from bot.settings import Settings
from bot.wiring import Bot
from retrieval.embedding import SAVED
from tests.bot.reindexing.cheap import cheap_model
from tests.conftest import quiet

ROOT = Path(__file__).parents[3]
CODE = """
import os, signal, sys
from pathlib import Path
from bot.settings import Settings
from bot.wiring import Bot
from retrieval.encoder import Model
from tests.bot.reindexing.cheap import CheapEncoder

class Mortal(CheapEncoder):
    def encode(self, inputs, /, **options):
        vectors = super().encode(inputs, **options)
        with open(sys.argv[2], "a") as log:
            log.write("".join(f"{text}\\n" for text in inputs))
        if len(self.encoded) > int(sys.argv[3]):
            os.kill(os.getpid(), signal.SIGKILL)
        return vectors

home = Path(sys.argv[1])
bot = Bot(Settings(home / "corpus", home / "home", "cheap"), load_model=lambda _: Model(Mortal(), "cheap"))
bot.reindex(lambda *_: None)
"""


def reindex(home: Path, last: int) -> tuple[int, list[str]]:
    """A reindex in a process of its own, killed once it has encoded `last` texts: its exit code, and what it encoded."""
    log = home / f"encoded-{last}"
    done = subprocess.run([sys.executable, "-c", CODE, str(home), str(log), str(last)], cwd=ROOT, check=False)
    return done.returncode, log.read_text("utf-8").splitlines() if log.exists() else []


def test_nothing_is_embedded_twice(tmp_path: Path) -> None:
    """Killed again and again while it embeds, a build encodes each text once, but for the few that it had in hand at each kill."""
    (tmp_path / "corpus" / "guides").mkdir(parents=True)
    body = "\n\n".join(f"Paragraph {number} tells of thing{number}." for number in range(900))
    (tmp_path / "corpus" / "guides" / "things.md").write_text(f"---\ntitle: Things\n---\n\n{body}\n", "utf-8")
    encoded: list[str] = []
    for last in (SAVED + 10, 2 * SAVED + 20):
        code, some = reindex(tmp_path, last)
        assert code == -signal.SIGKILL
        encoded += some
    code, some = reindex(tmp_path, 10**9)
    encoded += some
    assert code == 0
    twice = len(encoded) - len(set(encoded))
    assert twice <= 2 * SAVED
    assert len(set(encoded)) >= 1_800  # as many passages as words
    assert len(some) <= len(set(encoded)) - 3 * SAVED  # what the killed runs had kept
    bot = Bot(Settings(tmp_path / "corpus", tmp_path / "home", "cheap"), load_model=lambda _: cheap_model())
    report = bot.reindex(quiet)
    assert (report.change.embedded, report.change.reused) == (0, 900)
    assert [path.name for path in bot.settings.index.glob(".*")] == [".lock"]
    generation = bot.engine().searcher.generation
    expected = cheap_model().encode([passage.embedded for passage in generation.passages])
    assert generation.vectors.vectors().tobytes() == expected.tobytes()
