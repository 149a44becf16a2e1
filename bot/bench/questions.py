"""One question at a time, beside the plain encoding of the same question. Each is asked once, so that no cache knows it."""

from __future__ import annotations

import dataclasses
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.bench.row import Row, percentile
from bot.messages import Ask
from bot.wiring import Bot
from retrieval.encoder import Model, Tokens, Vectors

PASSAGES = 10_000
LONGEST = 40  # words of a question for which the encoder is warmed up
BLOCK = 40  # questions that each of both gets in turn, so that neither has to fetch its weights anew after the other's
BESIDE = "sentence-transformers: encode that question"


class Timed(Model):
    """A model that counts the CPU seconds which it takes."""

    def __init__(self, model: Model) -> None:
        super().__init__(model.encoder, model.identity)
        self.seconds = 0.0

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Unit vectors, as the model has them."""
        with self._counted():
            return super().encode(texts, progress)

    def encode_tokens(self, texts: Sequence[str]) -> list[Tokens] | None:
        """The vectors of texts and their tokens, as the model has them."""
        with self._counted():
            return super().encode_tokens(texts)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        started = time.process_time()
        yield
        self.seconds += time.process_time() - started


def measure(bot: Bot, reference: Any, asked: Sequence[str], passages: int) -> list[Row]:
    """CPU time of whole answers, of all in them but the encoding, and of the reference's encoding alone."""
    timed = Timed(bot.model)
    with _grown(bot, timed, passages) as large:
        for words in range(1, LONGEST):
            reference.encode([" ".join(["word"] * words)])
        large.warm()
        for question in asked[:10]:
            large.handle(Ask(question))
        whole, rest, plain = [], [], []
        for start in range(10, len(asked), BLOCK):
            block = asked[start : start + BLOCK]
            plain += [_ms(lambda q=question: reference.encode([q])) for question in block]  # type: ignore[misc]
            for question in block:
                timed.seconds = 0.0
                whole.append(_ms(lambda q=question: large.handle(Ask(q))))  # type: ignore[misc]
                rest.append(whole[-1] - timed.seconds * 1000)
        count = len(large.engine().searcher.generation.passages)
    middle = statistics.median(whole)
    return [
        Row(f"one question of {count:,} passages, whole answer, p50", middle, statistics.median(plain), "CPU ms", BESIDE),
        Row("the same, p99", percentile(whole, 0.99), middle, "CPU ms", "its own p50"),
        Row("the same, everything but encoding, p50", statistics.median(rest), statistics.median(plain), "CPU ms", BESIDE),
    ]


@contextmanager
def _grown(bot: Bot, model: Model, passages: int) -> Iterator[Bot]:
    """The bot with its guides and others that make it at least so many passages, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="fingerpost-bench-") as made:
        corpus = Path(made) / "corpus"
        shutil.copytree(bot.settings.corpus, corpus)
        _fill(corpus / "guides", passages)
        grown = Bot(dataclasses.replace(bot.settings, corpus=corpus, home=Path(made)), lambda _: model)
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
