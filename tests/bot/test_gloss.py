"""Questions in other languages are read word by word."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import gloss
from retrieval import words

CODES = ["de", "es", "fr", "hi", "pt"]
FOREIGN = tomllib.loads((Path(__file__).parent / "foreign_questions.toml").read_text("utf-8"))
EVALUATION = tomllib.loads((Path(__file__).parents[2] / "corpus" / "evaluation.toml").read_text("utf-8"))["question"]

# Which of the evaluation's questions are in which language; all others are in English.
EVALUATED = {
    "de": {"fact-065", "list-015", "near-033", "rec-028"},
    "es": {"conf-020", "fact-064", "fup-018", "rec-027"},
    "fr": {"fact-066", "off-010", "rec-039"},
    "hi": {"near-034", "rec-029", "sal-013", "talk-008"},
    "pt": {"cmp-016", "fact-067"},
}


def read(question: str) -> set[str]:
    """The stems of the English reading of a question."""
    return {words.stem(word) for word in words.surface(gloss.to_english(question).replace("-", " "))}


def said(alternatives: str, stems: set[str]) -> bool:
    return any(words.stem(word) in stems for word in alternatives.split("/"))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("¿necesito un doctorado para ser ingeniero?", "Spanish"),
        ("wie lange dauert der Wechsel für einen Entwickler?", "German"),
        ("combien de temps faut-il pour devenir ingénieur ?", "French"),
        ("quanto tempo leva para mudar de carreira?", "Portuguese"),
        ("डेटा इंजीनियर को कितना समय लगता है?", "Hindi"),
        ("mujhe kitna time lagega, kya karu", "Hindi"),
        ("quels métiers après ingénieur ML ?", "French"),
        ("how long does it take to become an ml engineer?", None),
        ("de vs swe salary", None),
        ("", None),
    ],
)
def test_the_language_of_a_question_is_told(text: str, language: str | None) -> None:
    """A text is taken for another language only where its function words show it."""
    found = gloss.detect(text)
    assert language == (found.name if found else None)


def test_words_are_put_into_english() -> None:
    """What a question asks for survives, whatever its language."""
    assert "how much time" in gloss.to_english("¿cuánto tiempo necesito para el cambio?")
    assert "how much" in gloss.to_english("Wie viel kostet ein Master in der Schweiz?")


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    """No text makes the reading fail."""
    assert isinstance(gloss.to_english(text), str)


@pytest.mark.parametrize("code", CODES)
def test_everyday_questions_are_read(code: str) -> None:
    """A question's language is told, and what it asks for stands in its English reading."""
    assert [q for q in FOREIGN[code] if (found := gloss.detect(q)) is None or found.code != code] == []
    missing = {q: [word for word in needed.split() if not said(word, read(q))] for q, needed in FOREIGN[code].items()}
    assert {q: lacking for q, lacking in missing.items() if lacking} == {}


def test_no_english_question_is_taken_for_another_language() -> None:
    """Of the evaluation's questions, those in another language are told, and no other."""
    told: dict[str, set[str]] = {code: set() for code in CODES}
    for question in EVALUATION:
        found = gloss.detect(question["ask"])
        if found is not None:
            told[found.code].add(question["id"])
    assert EVALUATED == told


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Zertifikate?", "de"),
        ("liste as certificações recomendadas", "pt"),
        ("PhD?", None),
        ("Berlin", None),
        ("kubeflow mlflow", None),
        ("Costa Rica salary", None),
        ("open discord.com or slack.com", None),
    ],
)
def test_a_text_without_function_words_is_told_by_its_words(text: str, code: str | None) -> None:
    """Words that only one language has tell it; names, English words and addresses do not."""
    found = gloss.detect(text)
    assert code == (found.code if found else None)


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Nenne alle Zertifikate", "list all certificates"),
        ("Was kosten die Studiengebühren?", "how much does it cost the tuition ?"),
        ("was kosten die studiengebuehren", "how much does it cost the tuition"),
        ("was  kosten\ndie studiengebuhren", "how much does it cost the tuition"),
        ("Welche Forschungsprojekte gibt es?", "which research projects is there ?"),
        ("Quels outils l'entreprise utilise-t-elle ?", "which tools the company use ?"),
        ("¿Cuánto pierdo si cuento también el sueldo?", "how much do I lose if count also the salary ?"),
        ("kya PhD zaroori hai", "is a PhD is it necessary"),
    ],
)
def test_accents_compounds_elisions_and_phrases_are_read(text: str, english: str) -> None:
    """A phrase goes before its words, a compound is read by its parts, and how a word is typed makes no difference."""
    assert english == gloss.to_english(text)


def test_a_word_is_named_as_it_was_written() -> None:
    """The asker's own spelling of a word is found again, over hyphens, accents and a sharp s."""
    assert "Großbritannien" == gloss.as_written("kingdom", "Was verdient man in Großbritannien?")
    assert "Royaume-Uni" == gloss.as_written("kingdom", "Combien gagne un ingénieur au Royaume-Uni ?")


def test_every_language_is_whole() -> None:
    """Each language is told by words of its own, and its dictionary gives every form, as it is looked up, one English."""
    assert ["French", "German", "Hindi", "Portuguese", "Spanish"] == sorted(language.name for language in gloss.languages())
    for language in gloss.languages():
        assert language.markers
        assert language.markers & words.STOP_WORDS == set()
        text = (Path(gloss.__file__).parent / "languages" / f"{language.code}.txt").read_text("utf-8")
        entries = [line.partition(": ") for line in text.splitlines() if line and not line.startswith("#")]
        forms = [form for _, _, rest in entries for form in rest.split(", ")]
        assert [english for english, colon, _ in entries if not (english.strip() and colon)] == []
        assert [form for form in forms if not form or form != gloss.plain(form)] == []
        assert len(set(forms)) == len(forms)
