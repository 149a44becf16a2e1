"""Amounts that no guide states, because they are worked out from two that it does: said in the unit of what they come from."""

from __future__ import annotations

import math
import re

from retrieval.quantities import Figure

_UNITS = (("year", 12.0), ("month", 1.0), ("week", 12 / 52), ("day", 12 / 365), ("hour", 12 / 365 / 24), ("minute", 12 / 365 / 1440))


def difference(one: Figure, other: Figure) -> str:
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
        return f"at least {_say(least, one, unit)}"
    if math.isclose(least, most):
        return _say(most, one, unit)
    return f"{_say(least, one, unit)} to {_say(most, one, unit)}" if least else f"up to {_say(most, one, unit)}"


def _say(amount: float, like: Figure, unit: tuple[str, float]) -> str:
    if like.kind == "money":
        return f"{like.currency or '$'}{amount:,.2f}".removesuffix(".00")
    if like.kind == "percent":
        return f"{amount:g} percentage points"
    number = f"{round(amount / unit[1], 1):g}"
    return f"{number} {unit[0]}{'' if number == '1' else 's'}"


def _unit(one: Figure, other: Figure) -> tuple[str, float]:
    """The smaller of the units in which two lengths of time are given."""
    named = [unit for unit in _UNITS if any(re.search(rf"\b{unit[0][:2]}|\d{unit[0][:1]}", f.text.casefold()) for f in (one, other))]
    return named[-1] if named else _UNITS[1]
