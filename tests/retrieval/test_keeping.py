"""Results of methods that are kept in their object."""

from __future__ import annotations

import weakref

from retrieval.keeping import kept


class Doubles:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    @kept(2)
    def double(self, number: int) -> int:
        """Twice a number."""
        self.asked.append(number)
        return 2 * number


def test_a_result_is_kept_until_others_take_its_place() -> None:
    """The last results are not made again, the one that was not wanted for longest is."""
    doubles = Doubles()
    assert [2, 2, 4, 6, 2] == [doubles.double(number) for number in (1, 1, 2, 3, 1)]
    assert [1, 2, 3, 1] == doubles.asked


def test_each_object_keeps_its_own() -> None:
    """What one object has found is not another's."""
    one, other = Doubles(), Doubles()
    assert (4, 4) == (one.double(2), other.double(2))
    assert ([2], [2]) == (one.asked, other.asked)


def test_an_object_lives_no_longer_for_its_results() -> None:
    """It is gone with its last user, without waiting for the collector of cycles."""
    doubles = Doubles()
    doubles.double(1)
    there = weakref.ref(doubles)
    del doubles
    assert there() is None


def test_an_object_that_nobody_else_has_is_there_for_its_call() -> None:
    """It may be made, or let go of, in the expression that asks it."""
    assert Doubles().double(3) == 6
    there = [Doubles()]
    there[0].double(1)
    assert there.pop().double(4) == 8
