"""Rows whose cells only spaces part, to cells: by the quantities or the ratings that every row has in the same place."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from retrieval.importing import lines as line_of
from retrieval.quantities import Figure, figures

_DASH = re.compile(r"\s[—–-]\s")
_CAPITAL = re.compile(r"(?<![,/&—–-])\s(?=[A-Z])")


def split_rows(header: str, rows: Sequence[str]) -> list[list[str]] | None:
    """The heading and the rows as cells, equally many in each; None where no column can be told."""
    split = _by_figures(rows) or _by_ratings(rows)
    if split is None:
        return None
    heading = _heading(header, [sum(len(row[column].split()) for row in split) / len(split) for column in range(len(split[0]))])
    return [heading, *split] if heading else None


def _by_figures(rows: Sequence[str]) -> list[list[str]] | None:
    """Cells around the quantities with which all rows go on after their name: "Pivot 6-12 months $0 Those who stay"."""
    found = [[figure for figure in figures(row) if figure.span[0] > 0] for row in rows]
    shared = list(itertools.takewhile(lambda kinds: len(set(kinds)) == 1, zip(*([f.kind for f in row] for row in found), strict=False)))
    adjacent = [_adjacent(row, kept[: len(shared)]) for row, kept in zip(rows, found, strict=True)]
    count = min(adjacent, default=0)
    if not count:
        return None
    split = [_around(row, kept[:count]) for row, kept in zip(rows, found, strict=True)]
    return split if any(row[-1] for row in split) else [row[:-1] for row in split]


def _adjacent(row: str, found: Sequence[Figure]) -> int:
    """How many quantities follow one another with nothing between them."""
    gaps = (row[one.span[1] : other.span[0]].strip() == "" for one, other in itertools.pairwise(found))
    return 1 + sum(1 for _ in itertools.takewhile(bool, gaps)) if found else 0


def _around(row: str, found: Sequence[Figure]) -> list[str]:
    cells = [row[: found[0].span[0]], *(row[figure.span[0] : figure.span[1]] for figure in found), row[found[-1].span[1] :]]
    return [cell.strip() for cell in cells]


def _by_ratings(rows: Sequence[str]) -> list[list[str]] | None:
    """Cells from a rating that stands in every row, such as "High" or "Very High", and perhaps a last name after it."""
    ratings = _ratings(rows)
    if ratings is None:
        return None
    split = []
    for row, rating in zip(rows, ratings, strict=True):
        name, _, rest = row.partition(f" {rating}")
        split.append([name.strip(), *_last_name(rating, rest)])
    return split if len({len(row) for row in split}) == 1 and all(row[0] for row in split) else None


def _ratings(rows: Sequence[str]) -> list[str] | None:
    """The rating in each row: what stands before a dash and shares its last word with other rows."""
    before = [_DASH.split(row, maxsplit=1)[0].split() for row in rows]
    lasts = [words[-1] for words in before]
    if not all(_DASH.search(row) for row in rows) or len(set(lasts)) * 2 > len(lasts):
        return None
    pairs = [" ".join(words[-2:]) for words in before]
    repeated = {pair for pair in pairs if pairs.count(pair) > 1}
    return [pair if pair in repeated else last for pair, last in zip(pairs, lasts, strict=True)]


def _last_name(rating: str, rest: str) -> list[str]:
    """A cell that goes on in small letters, and the name in capitals that ends the row, where there is one."""
    text = f"{rating}{rest}"
    for match in _CAPITAL.finditer(text, len(rating) + 3):
        tail = text[match.end() :]
        if all(word[0].isupper() for word in line_of.words(tail) if word not in line_of.SMALL):
            return [text[: match.start()].strip(), tail.strip()]
    return [text.strip()]


def _heading(header: str, widths: Sequence[float]) -> list[str] | None:
    """The heading's words in as many groups, sized as their columns are; no group but the last ends with a small word."""
    words = header.split()
    best: tuple[float, list[str]] | None = None
    if len(words) > 16 or len(words) < len(widths):
        return None
    for cuts in itertools.combinations(range(1, len(words)), len(widths) - 1):
        groups = [words[start:end] for start, end in itertools.pairwise((0, *cuts, len(words)))]
        if not all(group[0][0].isupper() for group in groups):
            continue
        if any(group[-1].casefold() in line_of.SMALL for group in groups[:-1]):
            continue
        share = len(words) / sum(widths)
        off = sum((len(group) - width * share) ** 2 for group, width in zip(groups, widths, strict=True))
        if best is None or off < best[0]:
            best = (off, [" ".join(group) for group in groups])
    return best[1] if best else None
