"""One question at a time, beside the plain encoding of the same question."""

from __future__ import annotations

import dataclasses
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from bot.bench import starts
from bot.bench.row import Row, percentile
from bot.messages import Ask
from bot.wiring import Bot
from retrieval import exported
from retrieval.encoder import Model, Tokens, Vectors

PASSAGES = 10_000
LONGEST = 40  # words of a question for which the encoder is warmed up
FIRST = 10  # questions that are asked before any is counted
ASKS = """
import json, os, sys
from pathlib import Path
from bot import grading, settings
from bot.bench import questions
from bot.wiring import Bot
bot = Bot(settings.load(os.environ, Path()))
asked = [question.ask for question in grading.load(bot.settings.corpus)]
print(json.dumps(questions.answered(bot, asked[: int(sys.argv[1])])))
"""
BESIDE = "sentence-transformers: encode that question"


class Timed(Model):
    """A model that counts the CPU seconds which it takes."""

    def __init__(self, model: Model) -> None:
        super().__init__(model.encoder, model.identity)
        self.seconds = 0.0

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Unit vectors, as the model has them."""
        started = time.process_time()
        found = super().encode(texts, progress)
        self.seconds += time.process_time() - started
        return found

    def encode_tokens(self, texts: Sequence[str]) -> list[Tokens] | None:
        """The vectors of texts and their tokens, as the model has them."""
        started = time.process_time()
        found = super().encode_tokens(texts)
        self.seconds += time.process_time() - started
        return found


def measure(bot: Bot, reference: Any, asked: Sequence[str], passages: int, rounds: int) -> list[Row]:
    """CPU time of whole answers, of all in them but the encoding, and of the reference's encoding alone. Raises ModelError.

    Of each question the least of some rounds: what else the machine does makes a round longer, and none shorter. A round is a process of
    its own, in which each question is asked once, so that no cache knows it.
    """
    whole, rest, plain = [], [], []
    for words in range(1, LONGEST):
        reference.encode([" ".join(["word"] * words)])
    with _grown(bot, passages) as large:
        there = starts.environment(large.settings)
        for _ in range(rounds):
            found = json.loads(starts.cost(["-c", ASKS, str(len(asked))], there).said)
            whole.append([ms for ms, _ in found])
            rest.append([ms - encoding for ms, encoding in found])
            plain.append([_ms(lambda q=question: reference.encode([q])) for question in asked[FIRST:]])  # type: ignore[misc]
        count = len(large.engine().searcher.generation.passages)
    least = [[min(of) for of in zip(*each, strict=True)] for each in (whole, rest, plain)]
    middle, besides, beside = map(statistics.median, least)
    return [
        Row(f"one question of {count:,} passages, whole answer, p50", middle, beside, "CPU ms", BESIDE),
        Row("the same, p99", percentile(least[0], 0.99), middle, "CPU ms", "its own p50"),
        Row("the same, everything but encoding, p50", besides, beside, "CPU ms", BESIDE),
    ]


def answered(bot: Bot, asked: Sequence[str]) -> list[tuple[float, float]]:
    """CPU milliseconds of each whole answer and of the encoding in it."""
    timed = Timed(bot.model)
    found = []
    with closing(Bot(bot.settings, lambda _: timed)) as serving:
        serving.keep_warm()
        for question in asked:
            timed.seconds = 0.0
            whole = _ms(lambda q=question: serving.handle(Ask(q)))  # type: ignore[misc]
            found.append((whole, timed.seconds * 1000))
    return found[FIRST:]


@contextmanager
def _grown(bot: Bot, passages: int) -> Iterator[Bot]:
    """The bot with its guides and as many others as make it so many passages, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="fingerpost-bench-") as made:
        corpus = Path(made) / "corpus"
        shutil.copytree(bot.settings.corpus, corpus)
        _fill(corpus / "guides", passages - len(bot.engine().searcher.generation.passages))
        export = exported.folder_for(bot.model.identity, bot.settings.models)
        model = str(export) if exported.manifest(export) else bot.settings.model
        grown = Bot(dataclasses.replace(bot.settings, corpus=corpus, home=Path(made), model=model))
        grown.reindex(lambda *_: None, publish_anyway=True)
        yield grown


def _fill(folder: Path, passages: int, sections: int = 500) -> None:
    """Guides of short sections, each of which says something else of another thing."""
    things = [f"{material} {tool}" for material in _MATERIALS for tool in _TOOLS]
    for number in range(0, passages, sections):
        body = "\n\n".join(
            f"## {things[n % len(things)].capitalize()} in room {n}\n\nKeep the {things[n % len(things)]} {_PLACES[n % len(_PLACES)]} "
            f"and {_DUTIES[n // 7 % len(_DUTIES)]}; room {n} has a list of who does it."
            for n in range(number, min(number + sections, passages))
        )
        text = (
            f"---\ntitle: House rules, part {number}\nsource:\n  publisher: The workshop\n---\n\n# House rules, part {number}\n\n{body}\n"
        )
        (folder / f"house-rules-{number}.md").write_text(text, "utf-8")


_MATERIALS = "oak pine steel copper glass paper wool linen clay slate rubber cork".split()
_TOOLS = "table lamp kettle ladder bench drill saw shelf crate lathe press oven loom vice clamp plane file brush".split()
_PLACES = ("under the stairs", "beside the door", "on the upper floor", "away from the window", "where it is dry")
_DUTIES = ("clean it after use", "lock it in the evening", "report what is broken", "write down who borrows it", "oil its hinges")


def _ms(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000
