"""How texts lie in a pass of the model: one behind the other in a single row, or each in a row, filled up to the longest.

One behind the other there is little to fill up, and the shape is nearly always the same, so that openvino need not prepare itself anew; a
token looks only at those of its own text (Krell et al., "Efficient Sequence Packing without Cross-contamination", 2021).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

PACKED = 128  # tokens of a row of several texts: of more each is compared with too many, of fewer the weights pass by too often
WIDTHS = 32  # such a row is filled up to a multiple of it
APART = 16  # tokens of filling from which a text is better off in a pass of its own, where each has a row
STEP = 4  # a row of one text is filled up to a multiple of it: openvino prepares itself anew for each new length


class Layout(msgspec.Struct, frozen=True):
    """The texts of a pass by place, in rows of `width` tokens, in each of which they stand one behind the other."""

    rows: list[list[int]]
    width: int

    def spans(self, lengths: Sequence[int]) -> Iterator[tuple[int, int, int, int]]:
        """For each text its place, its row, and from where to where it stands there."""
        for row, places in enumerate(self.rows):
            start = 0
            for place in places:
                yield place, row, start, start + lengths[place]
                start += lengths[place]


def filled(tokens: int, step: int = STEP) -> int:
    """How many tokens a row of so many has."""
    return -(-tokens // step) * step


def packed(lengths: Sequence[int], at_once: int, most: int = PACKED, step: int = WIDTHS) -> list[Layout]:
    """Texts one behind the other, the longest first, each in the first row that has room for it (first fit decreasing).

    A row has at most so many tokens, and is filled up to a multiple of `step`. Texts that are too long for it lie as `in_rows` has them.
    """
    order = sorted(range(len(lengths)), key=lambda place: -lengths[place])
    rows: list[list[int]] = []
    room: list[int] = []
    for place in order:
        if lengths[place] > most:
            continue
        row = next((number for number, left in enumerate(room) if left >= lengths[place]), len(rows))
        if row == len(rows):
            rows.append([])
            room.append(most)
        rows[row].append(place)
        room[row] -= lengths[place]
    longer = in_rows(lengths, at_once, [place for place in order if lengths[place] > most])
    return longer + [Layout([row], filled(most - left, step)) for row, left in zip(rows, room, strict=True)]


def in_rows(lengths: Sequence[int], at_once: int, places: Iterable[int] | None = None) -> list[Layout]:
    """Texts each in a row, put together so that a pass has at most `at_once` tokens; the longest first. Only those at `places`, if given.

    A word goes not beside a long question, up to whose length it would have to be filled.
    """
    batches: list[tuple[list[int], int]] = []
    for place in sorted(range(len(lengths)) if places is None else places, key=lambda place: -lengths[place]):
        batch, longest = batches[-1] if batches else ([], 0)
        length = filled(lengths[place])
        if not batch or (len(batch) + 1) * longest > at_once or longest - length > APART:
            batches.append(([], length))
        batches[-1][0].append(place)
    return [Layout([[place] for place in batch], longest) for batch, longest in batches]
