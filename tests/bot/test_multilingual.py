"""A model that reads other languages is given the question as it was asked.

No multilingual model is at hand here, so a small one stands in: it knows a few sentences and words by heart and gives
them to the real English model. It shows that the parts are joined, not how well such a model answers.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from numpy.typing import NDArray

from bot import gloss
from bot.messages import Ask
from bot.settings import Settings
from bot.wiring import Bot
from retrieval import ability
from retrieval.encoder import Model
from tests.conftest import TODAY, quiet

KNOWN = {
    "¿Con qué frecuencia hay que regar un helecho?": "How often do you have to water a fern?",
    "con": "with", "frecuencia": "frequency", "hay": "there is", "regar": "water", "un": "a", "helecho": "fern",
    "Wie oft muss man ein Farngewächs gießen?": "How often do you have to water a fern?",
    "oft": "often", "muss": "must", "man": "one", "ein": "a", "farngewächs": "fern", "gießen": "water", "giessen": "water",
    "¿Cuánto cuesta un helecho en Alemania?": "How much does a fern cost in Germany?",
}  # fmt: skip


class Polyglot:
    """An encoder at the model's port that reads what it knows by heart in every language, and English as the real one does."""

    def __init__(self, english: Model) -> None:
        self._english = english
        examples = {said: gloss.EXAMPLES[n] for language in gloss.languages() for n, said in enumerate(language.examples)}
        self._known = {**KNOWN, **examples}

    def encode(self, inputs: list[str], /, **_: object) -> NDArray[Any]:
        """Unit vectors of what the texts say in English."""
        return self._english.encode([self._known.get(text, text) for text in inputs])


@pytest.fixture
def bots(plants: Path, model: Model, tmp_path: Path, make_bot: Callable[[Path, Path], Bot]) -> tuple[Bot, Bot]:
    """A bot with the English model and one with the polyglot, over the same guide."""
    polyglot = Model(Polyglot(model), "polyglot")
    settings = Settings(corpus=plants, home=tmp_path / "polyglot", model="polyglot")
    both = make_bot(plants, tmp_path / "english"), Bot(settings, load_model=lambda _: polyglot, today=lambda: TODAY)
    for made in both:
        made.reindex(quiet)
    return both


def test_whether_a_model_reads_a_language_is_seen_from_what_it_makes_of_it(model: Model) -> None:
    """The model that is carried reads none of the five languages; one that does is recognised, with no setting."""
    polyglot = Model(Polyglot(model), "polyglot")
    for language in gloss.languages():
        assert len(gloss.EXAMPLES) == len(language.examples)
        assert not ability.reads(model.encode, gloss.EXAMPLES, language.examples)
        assert ability.reads(polyglot.encode, gloss.EXAMPLES, language.examples)
    assert not ability.reads(polyglot.encode, gloss.EXAMPLES, ())


@pytest.mark.parametrize(
    ("language", "question"), [("es", "¿Con qué frecuencia hay que regar un helecho?"), ("de", "Wie oft muss man ein Farngewächs gießen?")]
)
def test_a_question_is_searched_as_it_is_asked(bots: tuple[Bot, Bot], language: str, question: str) -> None:
    """Words that no list puts into English keep the English model from an answer, but not one that reads them."""
    english, polyglot = (made.handle(Ask(question)) for made in bots)
    assert (language, "not_covered") == (english.language, english.outcome)
    assert (language, "answered") == (polyglot.language, polyglot.outcome)
    assert "Water a fern every 3 days" in polyglot.citations[0].quote


def test_a_place_that_no_guide_speaks_of_is_still_refused(bots: tuple[Bot, Bot]) -> None:
    """A model that reads the language does not make up for what the guides lack."""
    answer = bots[1].handle(Ask("¿Cuánto cuesta un helecho en Alemania?"))
    assert ("es", "not_covered", ()) == (answer.language, answer.outcome, answer.citations)
    assert "«Alemania»" in answer.text
