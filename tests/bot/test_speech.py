"""The catalogues of the bot's own words are whole, and say what the source says."""

from __future__ import annotations

import io
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import pofile
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from bot import gloss, wording
from bot.speech import ENGLISH, Speech

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "bot" / "languages"
LANGUAGES = sorted(language.code for language in gloss.languages())
TEMPLATE = pofile.read_po(io.BytesIO((FOLDER / "fingerpost.pot").read_bytes()))


def catalogue(language: str) -> Catalog:
    return pofile.read_po(io.BytesIO((FOLDER / language / "LC_MESSAGES" / "fingerpost.po").read_bytes()), locale=language)


def forms(texts: str | tuple[str, ...] | list[str]) -> list[str]:
    """A message's forms: one, or that for one and that for many."""
    return [texts] if isinstance(texts, str) else list(texts)


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def problems(template: Catalog, translated: Catalog) -> Iterator[str]:
    """What keeps a catalogue from saying everything, each with its message."""
    wanted = [message.id for message in template if message.id]
    yield from (f"{message.id}: is not said any more" for message in translated if message.id and message.id not in wanted)
    for message_id in wanted:
        found: Message | None = translated.get(message_id if isinstance(message_id, str) else message_id[0])
        said = forms(found.string) if found else []
        if found is None or not said or not all(text.strip() for text in said):
            yield f"{message_id}: is missing"
        elif found.fuzzy:
            yield f"{message_id}: is fuzzy"
        elif len(said) != (1 if isinstance(message_id, str) else translated.num_plurals):
            yield f"{message_id}: has not as many forms as the language"
        elif any(placeholders(text) != placeholders(forms(message_id)[0]) for text in said):
            yield f"{message_id}: has other placeholders than {said}"


def test_the_template_is_what_the_source_says() -> None:
    """The template has exactly the messages that are extracted from the source; `make messages` writes it."""
    found = extract_from_file("python", str(ROOT / "bot" / "wording.py"), keywords={"_": None, "n_": (1, 2)})
    assert {message for _, message, _, _ in found} == {message.id for message in TEMPLATE if message.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_that_is_read_is_spoken(language: str) -> None:
    """Each language with a list of words has a catalogue that lacks nothing, is fuzzy nowhere and keeps every placeholder."""
    assert list(problems(TEMPLATE, catalogue(language))) == []
    assert list(catalogue(language).obsolete) == []


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("", "is missing"),
        ('msgid "Hello {name}"\nmsgstr ""\n', "is missing"),
        ('#, fuzzy\nmsgid "Hello {name}"\nmsgstr "Hola {name}"\n', "is fuzzy"),
        ('msgid "Hello {name}"\nmsgstr "Hola {nombre}"\n', "has other placeholders"),
        ('msgid "Hello {name}"\nmsgstr "Hola"\n', "has other placeholders"),
        ('msgid "Hello {name}"\nmsgstr "Hola {name}"\n\nmsgid "Bye"\nmsgstr "Adiós"\n', "is not said any more"),
    ],
)
def test_an_incomplete_catalogue_does_not_pass(entry: str, problem: str) -> None:
    """Each way in which a catalogue can lag behind is found."""
    template = pofile.read_po(io.BytesIO(b'msgid "Hello {name}"\nmsgstr ""\n'))
    assert any(problem in found for found in problems(template, pofile.read_po(io.BytesIO(entry.encode()), locale="es")))


@pytest.mark.parametrize(
    ("language", "amount", "said"),
    [
        ("en", 1, "1 year"), ("en", 1.5, "1.5 years"), ("en", 4, "4 years"), ("es", 1, "1 año"), ("es", 1.5, "1,5 años"),
        ("de", 1, "1 Jahr"), ("de", 0.5, "0,5 Jahre"), ("fr", 1, "1 an"), ("fr", 2, "2 ans"), ("pt", 3, "3 anos"), ("hi", 2.5, "2.5 साल"),
    ],
)  # fmt: skip
def test_amounts_take_the_form_of_their_language(language: str, amount: float, said: str) -> None:
    """A count is said in the plural form and with the decimal sign of the language."""
    assert said == Speech.of(language).count(wording.LENGTHS["year"], amount)


@pytest.mark.parametrize("language", LANGUAGES)
@given(st.one_of(st.integers(-(10**15), 10**15), st.floats(-1e15, 1e15), st.floats(-3000, 3000)))
def test_a_number_is_written_as_babel_writes_it(language: str, amount: float) -> None:
    """Decimal sign, thousands and how they are parted are those of the Unicode locale data, rounded to one decimal."""
    assert format_decimal(round(amount, 1), locale=language) == Speech.of(language).number(amount)


@pytest.mark.parametrize(
    ("language", "all_of", "either"),
    [
        ("en", "a, b and c", "a or b"), ("es", "a, b y c", "a o b"), ("de", "a, b und c", "a oder b"), ("fr", "a, b et c", "a ou b"),
        ("pt", "a, b e c", "a ou b"), ("hi", "a, b और c", "a या b"),
    ],
)  # fmt: skip
def test_lists_are_joined_as_the_language_does(language: str, all_of: str, either: str) -> None:
    """Values are joined by the language's own words; one alone stands as it is, none is nothing."""
    speech = Speech.of(language)
    assert [all_of, either] == [speech.listed(["a", "b", "c"]), speech.listed(["a", "b"], either=True)]
    assert ["a", ""] == [speech.listed(["a"]), speech.listed([])]


@pytest.mark.parametrize("language", ["xx", "", "../es", "es/LC_MESSAGES", "en"])
def test_a_language_without_a_catalogue_is_answered_in_english(language: str) -> None:
    """A language that is not there, whatever it is called, is English."""
    assert ENGLISH == Speech.of(language).language
    assert "You could ask:" == Speech.of(language).say(wording.COULD_ASK)


def test_what_fills_a_placeholder_is_never_read_as_one() -> None:
    """A quote or a question with braces in it stands as it is written."""
    assert "“{0.__class__} {n}”" == Speech.of("en").say(wording.QUOTED, text="{0.__class__} {n}")
