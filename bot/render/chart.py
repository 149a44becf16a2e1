"""Counts by week as a picture: stacked bars, told apart by pattern of label and shade and not by colour alone."""

from __future__ import annotations

from collections.abc import Sequence

from bot.insights import OUTCOMES, Insights
from bot.render.picture import Canvas

SHADES = {
    "answered": "#1b6e3c", "recommended": "#4c9be8", "clarify": "#f2c14e", "not_covered": "#b3261e", "small_talk": "#8a8a8a",
    "rejected": "#3d3d3d",
}  # fmt: skip
_BAR, _GAP, _HEIGHT, _LEFT, _TOP = 90, 50, 320, 40, 70  # pixels
_LEGEND = 260


def picture(found: Insights) -> bytes:
    """The questions of each week by outcome, as a PNG; each part that is high enough carries its number."""
    weeks = found.weeks
    most = max([1, *(sum(week.outcomes.values()) for week in weeks)])
    width = _LEFT + max(1, len(weeks)) * (_BAR + _GAP) + _LEGEND
    canvas = Canvas(width, _TOP + _HEIGHT + 70)
    canvas.text((_LEFT, 16), f"Questions by week, {found.days} days", bold=True)
    for number, week in enumerate(weeks):
        left, bottom = _LEFT + number * (_BAR + _GAP), float(_TOP + _HEIGHT)
        for kind, count in week.outcomes.items():
            height = _HEIGHT * count / most
            canvas.box((left, bottom - height, left + _BAR, bottom), SHADES[kind])
            if height >= 30:
                canvas.text((left + 8, bottom - height / 2 - 12), str(count), bold=True, ink="#1d1c1d" if kind == "clarify" else "#ffffff")
            bottom -= height
        canvas.text((left, _TOP + _HEIGHT + 12), week.until[5:])
    _legend(canvas, width - _LEGEND + 10, found.outcomes)
    return canvas.png()


def describe(found: Insights) -> str:
    """The picture in words."""
    weeks = [f"week to {week.until}: {_counts(week.outcomes)}" for week in found.weeks]
    return f"Questions by week: {'; '.join(weeks)}."[:1_000]


def _counts(outcomes: dict[str, int]) -> str:
    return ", ".join(f"{count} {OUTCOMES[kind]}" for kind, count in outcomes.items() if count) or "none"


def _legend(canvas: Canvas, left: int, outcomes: dict[str, int]) -> None:
    kinds: Sequence[str] = [kind for kind in OUTCOMES if outcomes.get(kind)]
    for line, kind in enumerate(reversed(kinds)):
        top = _TOP + line * 40
        canvas.box((left, top, left + 24, top + 24), SHADES[kind])
        canvas.text((left + 34, top - 1), f"{OUTCOMES[kind]} {outcomes[kind]}")
