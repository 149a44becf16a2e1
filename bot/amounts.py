"""Amounts that no guide states, because they are worked out from two that it does: said in the unit of what they come from."""

from __future__ import annotations

import math
import re

from bot import wording
from bot.speech import Speech
from retrieval.quantities import Figure

_UNITS = (("year", 12.0), ("month", 1.0), ("week", 12 / 52), ("day", 12 / 365), ("hour", 12 / 365 / 24), ("minute", 12 / 365 / 1440))


def difference(one: Figure, other: Figure, speech: Speech) -> str:
    """What lies between two figures: an amount, or the least and the most that it can be; "" where they cannot be compared.

    An open end makes it open ("at least $2,500"); ranges that overlap may differ by nothing.
    """
    if one.kind != other.kind or one.currency != other.currency:
        return ""
    high, low = (one, other) if (one.low, one.high) >= (other.low, other.high) else (other, one)
    least, most = max(high.low - low.high, 0.0), high.high - low.low
    if math.isinf(low.high) or (math.isinf(most) and not least):
        return ""
    unit = _unit(one, other)
    if math.isinf(most):
        return speech.say(wording.AT_LEAST, amount=_say(least, one, unit, speech))
    if math.isclose(least, most):
        return _say(most, one, unit, speech)
    if not least:
        return speech.say(wording.AT_MOST, amount=_say(most, one, unit, speech))
    return speech.say(wording.FROM_TO, least=_say(least, one, unit, speech), most=_say(most, one, unit, speech))


def _say(amount: float, like: Figure, unit: tuple[str, float], speech: Speech) -> str:
    if like.kind == "money":
        return f"{like.currency or '$'}{amount:,.2f}".removesuffix(".00")
    if like.kind == "percent":
        return speech.count(wording.POINTS, amount)
    return speech.count(wording.LENGTHS[unit[0]], amount / unit[1])


def _unit(one: Figure, other: Figure) -> tuple[str, float]:
    """The smaller of the units in which two lengths of time are given."""
    named = [unit for unit in _UNITS if any(re.search(rf"\b{unit[0][:2]}|\d{unit[0][:1]}", f.text.casefold()) for f in (one, other))]
    return named[-1] if named else _UNITS[1]
