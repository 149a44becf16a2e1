"""Questions in other languages are read word by word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import gloss


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


def test_every_word_list_is_whole() -> None:
    """Each language has its function words, phrases and words, none of them empty."""
    assert ["French", "German", "Hindi", "Portuguese", "Spanish"] == sorted(language.name for language in gloss.languages())
    for language in gloss.languages():
        assert language.markers
        assert [key for key, value in {**language.words, **language.phrases}.items() if not key.strip() or not value.strip()] == []
