"""Words that an answer has to speak of, told from words that suit any subject."""

from __future__ import annotations

import pytest

from bot import naming
from bot.wiring import Bot
from retrieval.searcher import Searcher, Word


@pytest.fixture
def searcher(bot: Bot) -> Searcher:
    return bot.engine().searcher


@pytest.mark.parametrize("word", ["visa", "stipend", "rounds", "warranty", "lunch", "parking", "dress", "vegan", "h1b"])
def test_a_word_for_one_thing_alone_has_to_be_spoken_of(searcher: Searcher, word: str) -> None:
    """A weighty word that no guide has and that is for one thing alone is told from the rest of a question."""
    assert [Word(word, word, 0.5, known=False)] == naming.specific([Word(word, word, 0.5, known=False)], searcher)


@pytest.mark.parametrize("word", ["ingredients", "drawbacks", "strengths", "progression", "wants", "convince", "closer", "meant"])
def test_a_word_that_suits_any_subject_does_not(searcher: Searcher, word: str) -> None:
    """Nouns that only stand for what is said beside them, everyday verbs and qualities limit no answer."""
    assert [] == naming.specific([Word(word, word, 0.9, known=False)], searcher)


def test_a_typo_is_no_word_for_one_thing(searcher: Searcher) -> None:
    """Nor is a word of another language, whose likeness to others says little."""
    assert [] == naming.specific([Word("visaa", "visaa", 0.9, known=False), Word("steuer", "steuer", 0.9, known=False)], searcher)


@pytest.mark.parametrize(("word", "is_one"), [("electrician", True), ("dentist", True), ("norway", False), ("netflix", False)])
def test_an_occupation_is_told_from_other_names(searcher: Searcher, word: str, is_one: bool) -> None:
    """All of these limit an answer; one of near meaning does not stand for an occupation."""
    asked = Word(word, word, 0.5, known=False)
    assert (naming.limits(asked, searcher), naming.occupation(asked, searcher)) == (True, is_one)


@pytest.mark.parametrize(
    ("question", "others"),
    [
        ("how long does a mechanical engineer need", ["mechanical"]),
        ("how long does a software engineer need", []),
        ("how long does the engineer need", []),
        ("is a career change hard", []),
    ],
)
def test_another_role_is_told_by_what_stands_before_its_last_word(searcher: Searcher, question: str, others: list[str]) -> None:
    """A "mechanical engineer" is another role than those whose names the guides declare."""
    assert others == naming.other_roles(question, searcher)


@pytest.mark.parametrize(("things", "counted"), [("interview rounds at", "rounds"), ("people get hired", ""), ("projects", "projects")])
def test_what_is_counted_is_the_noun_behind_how_many(things: str, counted: str) -> None:
    """The last word before a little word; people and jobs are no thing that has to be there."""
    assert counted == naming.counted(things)
