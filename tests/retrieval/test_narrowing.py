"""Weights in 8 bits: near to the product that was, on what is multiplied."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval import narrowing
from retrieval.runtime import TOGETHER

Numbers = NDArray[np.float32]


def numbers(seed: int, *shape: int) -> Numbers:
    """Normally distributed, the same at each run."""
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def moved(wanted: Numbers, found: Numbers) -> float:
    """How far rows are from where they were, by their length."""
    return float((np.linalg.norm(found - wanted, axis=1) / np.linalg.norm(wanted, axis=1)).mean())


def product(seen: Numbers, found: narrowing.Narrow, *, in_8_bits: bool = False) -> Numbers:
    """What is multiplied, divided first where it is to be, by the matrix."""
    divided = seen if found.divisor is None else seen / found.divisor
    return np.asarray((narrowing.in_8_bits(divided) if in_8_bits else divided) @ found.weights().T, dtype=np.float32)


def nearest(weights: Numbers) -> Numbers:
    """Each weight as the nearest of the 256 numbers between its group's least and largest."""
    grouped = weights.reshape(len(weights), -1, narrowing.GROUP)
    low, high = grouped.min(axis=2, keepdims=True), grouped.max(axis=2, keepdims=True)
    step = (high - low) / 255
    return (np.round((grouped - low) / step) * step + low).reshape(weights.shape).astype(np.float32)


@pytest.mark.parametrize("columns", [128, 256, 100])
def test_a_matrix_is_nearly_what_it_was(columns: int) -> None:
    """Also where groups of 128 do not go into its rows, and where it has seen nothing but zeros."""
    weights, seen = numbers(1, 48, columns), numbers(2, 20, columns)
    found = narrowing.narrow([weights], seen)[0]
    assert found.shape == weights.shape
    assert moved(seen @ weights.T, product(seen, found)) < 0.01
    assert np.isclose(found.error, moved(seen @ weights.T, product(seen, found, in_8_bits=True)) ** 2, rtol=0.2)
    blind = narrowing.narrow([weights], seen * 0)[0]
    assert blind.divisor is None
    assert np.abs(blind.weights() - weights).max() <= 0.02


def test_what_was_seen_is_multiplied_more_exactly_than_by_the_nearest_weights() -> None:
    """The error of a weight is made good by those beside it, as what they are multiplied with goes together."""
    weights, seen = numbers(1, 96, 128), numbers(2, 200, 16) @ numbers(3, 16, 128)
    wanted = seen @ weights.T
    found = narrowing.narrow([weights], seen)[0]
    assert moved(wanted, product(seen, found)) < 0.6 * moved(wanted, seen @ nearest(weights).T)


def test_a_number_much_larger_than_those_beside_it_is_divided() -> None:
    """So that those beside it keep more than a few of their 256 steps; the product by the multiplied weights is the same."""
    weights, seen = numbers(1, 96, 128), numbers(2, 60, 128)
    weights[:, 7] /= 40
    seen[:, 7] *= 100
    wanted = seen @ weights.T
    found = narrowing.narrow([weights], seen)[0]
    assert found.divisor is not None
    assert found.divisor.argmax() == 7
    assert moved(wanted, product(seen, found)) < 0.01
    assert moved(wanted, product(seen, found, in_8_bits=True)) < 0.5 * moved(wanted, narrowing.in_8_bits(seen) @ weights.T)


def test_matrices_of_the_same_are_divided_once() -> None:
    """Each is its own part of what is narrowed together, with its own error."""
    weights, seen = [numbers(seed, rows, 128) for seed, rows in ((1, 96), (3, 32))], numbers(2, 60, 128)
    seen[:, 7] *= 100
    one, other = narrowing.narrow(weights, seen)
    assert one.divisor is other.divisor is not None
    for found, each in ((one, weights[0]), (other, weights[1])):
        assert found.shape == each.shape
        assert moved(seen @ each.T, product(seen, found)) < 0.01
        assert np.isclose(found.error, moved(seen @ each.T, product(seen, found, in_8_bits=True)) ** 2, rtol=0.3)


def test_activations_keep_the_largest_of_each_run() -> None:
    """Each 128 have a scale of their own: 127 steps to either side."""
    run = TOGETHER
    seen = numbers(1, 3, 2 * run)
    seen[:, run + 8] = 50
    found = narrowing.in_8_bits(seen)
    assert np.allclose(found[:, run + 8], 50)
    assert np.abs(found - seen)[:, :run].max() <= np.abs(seen[:, :run]).max() / 127 / 2 + 1e-6
    assert np.abs(found - seen)[:, :run].max() < np.abs(found - seen)[:, run:].max()
