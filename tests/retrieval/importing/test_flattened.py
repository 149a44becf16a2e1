"""Tables that a copied page has lost the borders of are found again, and what only looks like one is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.importing import flattened
from retrieval.importing.proposal import propose

ONE_CELL_A_LINE = """Boat
Price for a day
Seats
Canoe
$25
2
Rowing boat
$30-$40
4
Raft
on request
12

The boats are let from April on, by the day or by the hour, and always with life vests.
"""
ONE_ROW_A_LINE = """Route Walking Time Entry Fee Best For
Lake round 2-3 hours $0 Families with prams
Gorge path 4 hours $6 Those who like it cool
Summit 7-8 hours $0-$12 Fit walkers

The routes are marked in three colours."""
RATED = """Material Use Around the House Usual Trade
Oak Very High — stairs, floors, tables Joiner
Pine High — shelves, simple boxes Carpenter
Clay Very High — tiles, pots Potter
Glass High — panes, lamps, IKEA Glass Maker
"""
TABS = "Tool\tWeight\tPrice\nSaw\t1 kg\t$30\nAxe\t2 kg\t$45\nThe end of it."
DECIDES = "Experience\nHobby goal\nTrade goal\n0-2 years of riding\nPony OR mule\nSchool\n3+ years of riding\nHorse\nStable OR school"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (ONE_CELL_A_LINE, [["Boat", "Price for a day", "Seats"], ["Canoe", "$25", "2"], ["Raft", "on request", "12"]]),
        (TABS, [["Tool", "Weight", "Price"], ["Saw", "1 kg", "$30"], ["Axe", "2 kg", "$45"]]),
        (DECIDES, [["Experience", "Hobby goal", "Trade goal"], ["3+ years of riding", "Horse", "Stable OR school"]]),
    ],
)
def test_a_flattened_table_is_found_with_its_heading(text: str, rows: list[list[str]]) -> None:
    """Whether its cells stand on lines of their own, or its rows do, or tabs part them."""
    found = flattened.find(text.split("\n"))
    assert found is not None
    assert [row for row in rows if row not in found.rows] == []
    assert (rows[0], found.guessed) == (found.rows[0], False)


@pytest.mark.parametrize(
    ("text", "row", "rows"),
    [
        (ONE_ROW_A_LINE, ["Gorge path", "4 hours", "$6", "Those who like it cool"], 3),
        (RATED, ["Glass", "High — panes, lamps, IKEA", "Glass Maker"], 4),
    ],
)
def test_rows_that_only_spaces_part_are_found_and_the_names_of_their_columns_doubted(text: str, row: list[str], rows: int) -> None:
    """Their cells are told by what they hold; of the heading no word is lost, but where it is divided is a guess and said to be."""
    found = flattened.find(text.split("\n"))
    assert found is not None
    assert (len(found.rows), " ".join(found.rows[0]), found.guessed) == (1 + rows, text.split("\n")[0], True)
    assert row in found.rows
    before = "All that there is to know of it was measured twice, and written down in the table that stands here below.\n\n"
    assert any("by guess" in doubt for doubt in propose("a.txt", f"{before}{text}".encode()).doubts)


@pytest.mark.parametrize(
    "text",
    [
        "Home\nShop\nBlog\nAbout us\nContact\nJobs",
        "00\nDays\n12\nHours\n45\nMinutes",
        "Water the fern every 3 days.\nWater the cactus every 4 weeks.\nWater the ivy once a week.",
        "What you need:\n- 2 eggs\n- 3 spoons of sugar\n- 1 hour",
        "Register for our webinar\n12,000+ bakers trained\n600+ teachers from Paris\n60% more bread",
    ],
)
def test_menus_counters_lists_and_prose_are_no_tables(text: str) -> None:
    lines = text.split("\n")
    assert [flattened.find(lines[at:]) for at in range(len(lines))] == [None] * len(lines)


def test_a_page_with_a_flattened_table_loses_none_of_it() -> None:
    """It becomes a table of the guide; the one that decides is proposed as such."""
    before = "How to hire a boat\n\nA boat can be hired at the landing stage, where you pay in cash and are shown how it is steered.\n\n"
    found = propose("boats.txt", f"{before}{ONE_CELL_A_LINE}\n{DECIDES}\n".encode())
    assert "| Rowing boat | $30-$40 | 4 |" in found.text
    assert "where you pay in cash" in found.text
    assert "with life vests" in found.text
    assert len(found.tables) == 2
    assert "by experience and goal (hobby, trade)" in found.deciding[0]


def test_numbered_names_in_one_line_become_sections() -> None:
    """As pages have them whose lists were copied without their line breaks."""
    text = "Trees of the park\n\n**1. Lime** It blooms in June and feeds the bees. **2. Beech** — It keeps its leaves until the spring."
    assert "### Lime\n\nIt blooms in June" in (found := propose("trees.txt", text.encode()).text)
    assert "### Beech\n\nIt keeps its leaves" in found


@given(st.lists(st.text(alphabet="ab1 $\t-—,Hi|", max_size=30), min_size=1, max_size=40))
def test_any_lines_give_rows_of_one_width_or_none(lines: list[str]) -> None:
    """No more lines are taken than there are, and every row has as many cells as the heading."""
    found = flattened.find(lines)
    assert found is None or (0 < found.lines <= len(lines) and len({len(row) for row in found.rows}) == 1 and len(found.rows) > 1)
