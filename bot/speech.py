"""The bot's own words in the asker's language: `bot/wording.py` through the catalogues in `bot/languages/`.

A catalogue is a gettext file, read as it stands: nothing is compiled, so a file that was edited is what the bot says. The
only file that imports Babel, and only for a language other than English.
"""

from __future__ import annotations

import functools
import gettext
import io
import math
import re
from collections.abc import Sequence
from decimal import Decimal
from importlib import resources

from bot import gloss, wording

ENGLISH = "en"
DOMAIN = "fingerpost"


class Speech:
    """One language. It is handed along with a question to wherever words are made."""

    def __init__(self, language: str, catalogue: gettext.NullTranslations) -> None:
        self.language = language
        self._catalogue = catalogue
        _, self._thousands, inner, *_, self._point, _ = re.split(r"(\D)", gloss.number(language))
        self._places = re.compile(rf"(?<=\d)(?=(?:\d{{{len(inner)}}})*\d{{3}}$)")  # between the digits of a whole number

    @staticmethod
    def of(language: str) -> Speech:
        """The speech of a language by its code ("de"); English for one without a catalogue."""
        return _of(language)

    def say(self, message: str, /, **values: object) -> str:
        """A message of `bot/wording.py` in this language, with its placeholders filled in."""
        return self._catalogue.gettext(message).format(**values)

    def count(self, forms: tuple[str, str], amount: float, /, **values: object) -> str:
        """The form of a message that fits an amount, which fills the placeholder {amount} unless `values` do."""
        said = self._catalogue.ngettext(*forms, int(amount) if amount == int(amount) else max(2, math.ceil(amount)))
        return said.format(**{"amount": self.number(amount), **values})

    def listed(self, values: Sequence[str], *, either: bool = False) -> str:
        """Join values as a sentence does: "a", "a and b", "a, b and c"; with "or" where it is `either` of them."""
        items = list(values)
        if len(items) < 2:
            return "".join(items)
        return self.say(wording.EITHER_OF if either else wording.ALL_OF, first=", ".join(items[:-1]), last=items[-1])

    def number(self, amount: float) -> str:
        """A number, rounded to one decimal, as the language writes it."""
        if self.language == ENGLISH:
            return f"{round(amount, 1):g}"
        whole, _, tenth = f"{Decimal(str(round(amount, 1))):f}".removesuffix(".0").partition(".")
        return self._places.sub(self._thousands, whole) + (self._point + tenth if tenth else "")


@functools.cache
def _of(language: str) -> Speech:
    file = resources.files("bot").joinpath("languages", language, "LC_MESSAGES", f"{DOMAIN}.po")
    if language == ENGLISH or not language.isalpha() or not file.is_file():
        return Speech(ENGLISH, gettext.NullTranslations())
    from babel.messages import mofile, pofile

    compiled = io.BytesIO()
    mofile.write_mo(compiled, pofile.read_po(io.BytesIO(file.read_bytes()), locale=language))
    compiled.seek(0)
    return Speech(language, gettext.GNUTranslations(compiled))
