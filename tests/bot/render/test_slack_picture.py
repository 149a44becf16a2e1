"""A table as a picture."""

from __future__ import annotations

import io

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.render.picture import LONGEST_DESCRIPTION, MARK, describe, picture

HEADER = ("Experience", "Product", "Research")
ROWS = (("0-2 years", "Self-study", "Master's"), ("3+ years", "Internal pivot", "PhD"))


def _image(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def test_the_picture_brings_its_own_light_ground() -> None:
    """Text is dark on light inside the picture, so that it can be read on dark clients too."""
    colours = {colour for _, colour in _image(picture(HEADER, ROWS)).getcolors(100_000) or []}
    assert (255, 255, 255) in colours
    assert any(max(colour) < 60 for colour in colours)


def test_a_marked_cell_is_coloured() -> None:
    """The mark is seen by its colour as well as read in words."""
    plain, marked = _image(picture(HEADER, ROWS)), _image(picture(HEADER, ROWS, [(1, 1)]))
    yellow = [colour for _, colour in marked.getcolors(100_000) or [] if colour[0] > 240 and colour[2] < 210]
    assert yellow
    assert plain.tobytes() != marked.tobytes()


def test_the_description_begins_with_the_marked_cell() -> None:
    """Who hears the table read learns their own cell first."""
    assert describe(HEADER, ROWS, [(1, 1)]) == (
        f"{MARK}: 3+ years, Product: Internal pivot. "
        "Table of 2 rows. 0-2 years, Product: Self-study; 0-2 years, Research: Master's; 3+ years, Research: PhD."
    )


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.text(max_size=400), max_size=12),
    st.lists(st.lists(st.text(max_size=400), max_size=12), max_size=40),
    st.sets(st.tuples(st.integers(0, 40), st.integers(0, 12)), max_size=5),
)
def test_any_table_can_be_drawn(header: list[str], rows: list[list[str]], marked: set[tuple[int, int]]) -> None:
    """Whatever stands in a table, a picture of bounded size comes out, and a description within the limit."""
    image = _image(picture(header, rows, marked))
    assert image.width * image.height < 60_000_000
    assert len(describe(header, rows, marked)) <= LONGEST_DESCRIPTION
