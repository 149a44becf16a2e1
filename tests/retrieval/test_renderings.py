"""One quantity, however it is written, is read as one quantity; another one is told from it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retrieval.numerals import NUMBER_WORDS
from retrieval.quantities import Figure, figures

SPELLED = {
    int(value): word
    for word, value in NUMBER_WORDS.items()
    if value >= 1 and value == int(value) and not word.startswith(("a", "few", "couple"))
}
JOINS = st.sampled_from(["-", "–", " to ", " - "])
FRAMES = st.sampled_from(["{}", "It takes {}, as a rule.", "The internal move ({}) is short", "| {} |", "plan {} for it"])


def _months(amount: int) -> list[str]:
    """Ways to write a number of months."""
    written = [f"{amount} months", f"{amount} mo", f"{amount} mos", f"{amount}-month"]
    written += [f"{SPELLED[amount]} months"] if amount in SPELLED else []
    for months, unit in ((3, "quarters"), (12, "years"), (12, "yrs")):
        if amount % months == 0:
            written.append(f"{amount // months} {unit}")
    return written + {3: ["a quarter"], 6: ["half a year"], 12: ["a year"], 18: ["a year and a half"]}.get(amount, [])


def _dollars(thousands: int) -> list[str]:
    """Ways to write a number of thousands of dollars."""
    return [
        f"${thousands}K", f"${thousands},000", f"${thousands}k", f"{thousands},000 dollars", f"{thousands}k USD", f"USD {thousands},000",
        f"{thousands} thousand dollars", f"${thousands}000",
    ]  # fmt: skip


def _percent(amount: int) -> list[str]:
    """Ways to write a share."""
    written = [f"{amount}%", f"{amount} percent", f"{amount} per cent", f"about {amount}%"]
    written += [f"{SPELLED[amount]} percent"] if amount in SPELLED else []
    if amount % 10 == 0:
        written += [f"{SPELLED[amount // 10]} in ten", f"{amount // 10} out of 10"]
    return written + {25: ["one in four", "a quarter of us"], 50: ["half of us"], 75: ["three quarters of us"]}.get(amount, [])


def _amounts(write: object, low: int, high: int) -> st.SearchStrategy[tuple[int, list[str]]]:
    return st.integers(low, high).map(lambda n: (n, write(n)))  # type: ignore[operator]


AMOUNTS = st.one_of(_amounts(_months, 1, 48), _amounts(_dollars, 1, 999), _amounts(_percent, 1, 99))


def _read(text: str) -> Figure:
    found = figures(text)
    assert 1 == len(found), text
    return found[0]


@given(AMOUNTS, st.data())
def test_a_quantity_is_the_same_in_any_words(amount: tuple[int, list[str]], data: st.DataObject) -> None:
    """Every way to write an amount is read as that amount, in any sentence."""
    one, other = (data.draw(FRAMES).format(data.draw(st.sampled_from(amount[1]))) for _ in range(2))
    assert _read(one).same_as(_read(other))
    assert _read(one).agrees_with(_read(other))


@given(st.sampled_from([_months, _dollars, _percent]), st.integers(1, 40), st.integers(1, 40), st.data())
def test_another_quantity_is_told_apart(write: object, one: int, other: int, data: st.DataObject) -> None:
    """Two amounts a fifth apart or more disagree, however each is written."""
    said = [_read(data.draw(st.sampled_from(write(n)))) for n in (one, other)]  # type: ignore[operator]
    if abs(one - other) > 0.2 * max(one, other):
        assert said[0].contradicts(said[1])
    assert said[0].agrees_with(said[1]) == said[1].agrees_with(said[0])


@given(st.integers(1, 30), st.integers(1, 30), JOINS, JOINS, st.sampled_from(["months", "mo", "mos"]))
def test_a_range_is_the_same_in_any_words(low: int, width: int, one: str, other: str, unit: str) -> None:
    """A range ("3-6 months", "3 to 6 mo") is one range; a point within agrees with it, one past its ends does not."""
    high = low + width
    first, second = _read(f"{low}{one}{high} {unit}"), _read(f"{low}{other}{high} months")
    assert first.same_as(second)
    assert not first.agrees_with(_read(f"{high * 2} months"))
    if width > 1:
        assert first.agrees_with(_read(f"{low + 1} months"))


@given(st.integers(1, 48), st.integers(1, 48))
def test_a_bound_agrees_with_what_it_holds(bound: int, amount: int) -> None:
    """At least 6 months and 8 months can both be true, at least 6 months and 3 months cannot."""
    said = _read(f"{amount} months")
    if abs(bound - amount) > 0.1 * max(bound, amount):
        assert (amount > bound) == _read(f"at least {bound} months").agrees_with(said)
        assert (amount < bound) == _read(f"up to {bound} months").agrees_with(said)


@given(st.integers(1, 90))
def test_currencies_are_not_compared(amount: int) -> None:
    """Euros are neither the same as dollars nor at odds with them."""
    assert not _read(f"€{amount}").same_as(_read(f"${amount}"))
    assert not _read(f"{amount} euros").contradicts(_read(f"${amount + 9}"))
