"""What is kept of questions: as little as the settings say, for as long as they say."""

from __future__ import annotations

from bot.messages import Answer, Citation
from bot.settings import LogQuestions
from bot.store import Store
from tests.servers.places import Place

CITED = Citation(1, "degrees", "corpus/guides/degrees.md", "Degrees", ("A",), (1, 2), "quote", None, None, None, None)


def test_what_is_asked_most_comes_first(place: Place) -> None:
    """Whatever the case and the spaces; an answer that is given again counts once; neither old questions count nor what one has asked."""
    clock = [0.0]
    store = Store(place, now=lambda: clock[0])
    for number, (text, at) in enumerate([("Old?", 1.0), ("a b?", 10.0), ("c?", 11.0), ("A  b?", 12.0), ("C? d", 13.0)]):
        clock[0] = at
        for _ in range(2):
            store.ask(f"answer{number}", Answer("x", text, "answered", "", (CITED, CITED), generation="g1"), f"person{number}")
    assert store.most_asked(2, since=5.0) == ["A  b?"]
    assert [(q.text, q.guides, q.generation, q.at) for q in store.questions(12.5)] == [("C? d", ("degrees",), "g1", 13.0)]
    store.close()


def test_what_one_person_asks_again_and_again_is_not_shown_to_others(place: Place) -> None:
    """In no setting, nor where it is not known who asked; a second person makes the difference, and keeps theirs when the first goes."""
    modes: tuple[LogQuestions, ...] = ("named", "yes")
    for mode in modes:
        store = Store(place, log_questions=mode)
        for number, person in enumerate(("ann", "ann", "ann", "", "")):
            store.ask(f"{mode}{number}", Answer("x", ("Am I let\0 go?", "am  I let\0 go?")[number % 2], "answered", ""), person)
        assert store.most_asked(5) == []
        store.close()
    store = Store(place)
    store.ask("bens", Answer("x", "AM I let\0 go?", "answered", ""), "ben")
    assert store.most_asked(5) == ["AM I let\ufffd go?"]
    store.forget_person("ann")
    assert (store.most_asked(5), [q.answer for q in store.questions()][-1], len(store.questions())) == ([], "bens", 5)
    store.close()


def test_names_are_kept_only_where_that_is_set(place: Place) -> None:
    """By default nobody's; with them or without, questions go with the person; and nothing at all where it is off."""
    answer = Answer("x", "mine?", "not_covered", "")
    modes: list[tuple[LogQuestions, list[str]]] = [("off", []), ("named", ["slack:T1:U1"]), ("yes", [""])]
    for mode, kept in modes:
        store = Store(place, log_questions=mode)
        store.ask("a1", answer, "slack:T1:U1")
        assert [q.person for q in store.questions()] == kept
        store.forget_person("slack:T1:U1")
        assert store.questions() == []
        store.close()


def test_questions_and_opinions_end_with_their_time(place: Place) -> None:
    clock = [0.0]
    store = Store(place, now=lambda: clock[0], kept_days=8)
    store.ask("a1", Answer("x", "old", "answered", ""))
    store.rate("a1", "p", "up")
    clock[0] = 9 * 86_400.0
    store.ask("a2", Answer("x", "new", "answered", ""))
    store.rate("a2", "p", "up")
    store.prune()
    assert [q.text for q in store.questions()] == ["new"]
    assert [r.answer for r in store.ratings()] == ["a2"]
    store.close()
