"""How texts lie in a pass of the model: each in a row, filled up to the longest, or one behind the other in a single row.

One behind the other there is nothing to fill up, and the shape is always the same, so that openvino need not prepare itself anew; a
token looks only at those of its own text (Krell et al., "Efficient Sequence Packing without Cross-contamination", 2021). Of many texts
those of like length are put in rows, which costs less: no token is compared with those of other texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

APART = 16  # tokens of filling from which a text is better off in a pass of its own
STEP = 4  # texts in rows are filled up to a multiple of it: openvino prepares itself anew for each new length
PACKED = 128  # tokens of a full pass of texts in one row: of more each is compared with too many, of fewer weights pass by too often
WIDTHS = 32  # such a row is filled up to a multiple of it


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


def packed(lengths: Sequence[int]) -> Layout | None:
    """Texts one behind the other; None where they are too long for it together."""
    total = sum(lengths)
    return Layout([list(range(len(lengths)))], filled(total, WIDTHS)) if total <= PACKED else None


def in_rows(lengths: Sequence[int], at_once: int) -> list[Layout]:
    """Texts each in a row, put together so that a pass has at most `at_once` tokens; the longest first.

    A word goes not beside a long question, up to whose length it would have to be filled.
    """
    batches: list[tuple[list[int], int]] = []
    for place in sorted(range(len(lengths)), key=lambda place: -lengths[place]):
        batch, longest = batches[-1] if batches else ([], 0)
        length = filled(lengths[place])
        if not batch or (len(batch) + 1) * longest > at_once or longest - length > APART:
            batches.append(([], length))
        batches[-1][0].append(place)
    return [Layout([[place] for place in batch], longest) for batch, longest in batches]
