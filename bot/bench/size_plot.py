"""What searching costs as the guides grow, as a drawing (SVG) on two logarithmic axes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bot.bench.size import Size

WIDTH, HEIGHT, LEFT, TOP = 640, 360, 70, 40  # pixels
LEAST, MOST = 0.1, 10.0  # CPU ms
LINES = (
    ("both and their fusion, p50", "#1b6e3c", "", "hybrid"), ("by meaning, p50", "#1f5fa8", "6 3", "vector"),
    ("by meaning, p99", "#1f5fa8", "2 3", "vector_slow"), ("by words, p50", "#b3261e", "9 3 2 3", "lexical"),
)  # fmt: skip


def svg(sizes: Sequence[Size]) -> str:
    """A line for each part of a search, told apart by dashes and by name."""
    right, bottom = LEFT + WIDTH, TOP + HEIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right + 220} {bottom + 60}" font-family="sans-serif" font-size="14">',
        "<title>CPU time of one search, by the number of passages</title>",
        f'<rect width="{right + 220}" height="{bottom + 60}" fill="#fff"/>',
        f'<text x="{LEFT}" y="22" font-weight="bold">One search: CPU ms of one thread, by the number of passages</text>',
    ]
    parts += [
        f'<path d="M{LEFT} {_y(cost):.1f}H{right}" stroke="#ccc"/><text x="{LEFT - 40}" y="{_y(cost) + 5:.1f}">{cost:g}</text>'
        for cost in (0.1, 0.2, 0.5, 1, 2, 5, 10)
    ]
    for size in sizes:
        x = _x(size.passages, sizes)
        parts.append(f'<text x="{x:.1f}" y="{bottom + 24}" text-anchor="middle">{size.passages:,}</text>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 44}" text-anchor="middle" fill="#555">recall {size.recall:.3f}</text>')
    for number, (name, ink, dashes, field) in enumerate(LINES):
        points = [(_x(size.passages, sizes), _y(getattr(size, field))) for size in sizes]
        drawn = f'stroke="{ink}" stroke-width="2.5" stroke-dasharray="{dashes}" fill="none"'
        parts.append(f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}" {drawn}/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{ink}"/>' for x, y in points]
        legend = TOP + 20 + 26 * number
        parts.append(f'<path d="M{right + 10} {legend}h36" {drawn}/><text x="{right + 52}" y="{legend + 5}">{name}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _x(passages: int, sizes: Sequence[Size]) -> float:
    first, last = math.log(sizes[0].passages), math.log(sizes[-1].passages)
    return LEFT + 40 + (WIDTH - 80) * (math.log(passages) - first) / max(last - first, 1e-9)


def _y(cost: float) -> float:
    share = math.log(min(max(cost, LEAST), MOST) / LEAST) / math.log(MOST / LEAST)
    return TOP + HEIGHT * (1 - share)
