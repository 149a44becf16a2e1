"""Matrices of weights in 8 bits, so that a product by one moves as little as it can on what the model has been seen to multiply.

Where single numbers of an activation are much larger than those beside them, they are divided before the product and the weights multiplied
by as much (SmoothQuant, Xiao et al. 2023); each weight's rounding error is made good by the weights that are rounded after it (GPTQ,
Frantar et al. 2023). docs/performance.md has what that brings.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.runtime import TOGETHER

Numbers = NDArray[np.float32]

GROUP = 128  # weights of a row that share a scale, and at least as many as numbers of an activation do
HELPS = 0.7  # of its error by 8 bits is what an activation may keep where it is worth dividing it
DAMPING = 0.3  # of the mean square of what was seen: the less, the more the rounding trusts that it has seen everything
AT_ONCE = 64  # columns that are rounded before the rest of the matrix hears of their errors
SHARES = (0.5, 0.6, 0.7, 0.85)  # of its range that an activation may hand to the weights
SMALL = -9.0  # what is smaller than the largest by more than so many powers of e counts as that


@dataclass(frozen=True, slots=True)
class Narrow:
    """A matrix as (code - zero) · scale, each run of GROUP weights of a row with a scale and a zero of its own.

    Shape of `code`: (rows, groups, GROUP), of the others (rows, groups, 1). What is multiplied is divided by `divisor` first, where there
    is one. Shape: (columns,). `error` is that of the product on what was seen, relative and squared.
    """

    code: NDArray[np.uint8]
    zero: NDArray[np.uint8]
    scale: NDArray[np.float16]
    divisor: Numbers | None
    error: float

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the matrix."""
        return self.code.shape[0], self.code.shape[1] * self.code.shape[2]

    def weights(self) -> Numbers:
        """The matrix as it is multiplied. Shape: (rows, columns)."""
        return ((self.code.astype(np.float32) - self.zero) * self.scale.astype(np.float32)).reshape(self.shape)


def narrow(matrices: Sequence[Numbers], seen: Numbers) -> list[Narrow]:
    """Matrices in 8 bits that are multiplied with the same, which is divided once for all of them.

    By some of what that is. Shapes: (rows, columns) of each matrix, (any, columns).
    """
    weights = np.concatenate(matrices)
    wanted = seen @ weights.T
    length = np.maximum(np.linalg.norm(wanted, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    seen, wanted = seen / length, wanted / length  # a token counts for as much as any other

    def error(smooth: Numbers) -> float:
        return _error(wanted, in_8_bits(seen / smooth) @ (weights * smooth).T)

    smooth = min((_divisor(weights, seen, share) for share in SHARES), key=error)
    helps = error(smooth) < HELPS * error(np.ones_like(smooth))
    divided, multiplied = (seen / smooth, weights * smooth) if helps else (seen, weights)
    divisor, rounded = (smooth if helps else None), in_8_bits(divided)
    ends = list(itertools.accumulate(map(len, matrices)))[:-1]
    parts: list[list[NDArray[Any]]] = [np.split(part, ends) for part in _rounded(multiplied, divided)]
    found = [Narrow(code, zero, scale, divisor, 0.0) for code, zero, scale in zip(*parts, strict=True)]
    return [replace(each, error=_moved(seen @ matrix.T, rounded @ each.weights().T)) for each, matrix in zip(found, matrices, strict=True)]


def in_8_bits(seen: Numbers) -> Numbers:
    """Activations as openvino rounds them before it multiplies by weights in 8 bits. Shape: that of `seen`."""
    grouped = _grouped(seen, TOGETHER)
    scale = np.maximum(np.abs(grouped).max(axis=2, keepdims=True) / 127, np.finfo(np.float32).tiny)
    return np.asarray(np.round(grouped / scale) * scale, dtype=np.float32).reshape(seen.shape)


def _error(wanted: Numbers, found: Numbers) -> float:
    """The mean squared distance. Shapes: (any, rows of the matrix)."""
    return float(((wanted - found) ** 2).sum(axis=1).mean())


def _moved(wanted: Numbers, found: Numbers) -> float:
    """The same as a share of what is wanted."""
    return _error(wanted, found) / max(_error(wanted, np.zeros_like(wanted)), float(np.finfo(np.float32).tiny))


def _divisor(weights: Numbers, seen: Numbers, share: float) -> Numbers:
    """SmoothQuant's, where weights take so large a share of an activation's range: 1 in the geometric mean. Shape: (columns,)."""
    given, by = (np.log(np.maximum(np.abs(part).max(axis=0), np.finfo(np.float32).tiny)) for part in (seen, weights))
    logs = np.maximum(given, given.max() + SMALL) * share - np.maximum(by, by.max() + SMALL) * (1 - share)
    return np.asarray(np.exp(logs - logs.mean()), dtype=np.float32)


def _rounded(weights: Numbers, seen: Numbers) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float16]]:
    """A matrix's codes, zeros and scales, by GPTQ: columns that weigh most first, all with the scale that they have from the start."""
    grouped = _grouped(weights, GROUP)
    low, high = (np.minimum(grouped.min(axis=2, keepdims=True), 0), np.maximum(grouped.max(axis=2, keepdims=True), 0))
    scale = np.maximum((high - low) / 255, np.finfo(np.float16).tiny).astype(np.float16)
    zero = np.clip(np.round(-low / scale.astype(np.float32)), 0, 255)
    order, passed = _order(seen)
    left, scales, zeros = (
        np.broadcast_to(part, grouped.shape).reshape(weights.shape)[:, order].T.astype(np.float32) for part in (grouped, scale, zero)
    )
    codes = np.empty_like(left)
    for start in range(0, len(left), AT_ONCE):
        end = min(start + AT_ONCE, len(left))
        errors = np.empty_like(left[start:end])
        for column in range(start, end):
            codes[column] = np.clip(np.round(left[column] / scales[column]) + zeros[column], 0, 255)
            error = errors[column - start] = left[column] - (codes[column] - zeros[column]) * scales[column]
            left[column + 1 : end] -= passed[column, column + 1 : end, None] * error
        left[end:] -= passed[start:end, end:].T @ errors
    code = np.empty(weights.shape, dtype=np.uint8)
    code[:, order] = codes.T
    return code.reshape(grouped.shape), zero.astype(np.uint8), scale


def _order(seen: Numbers) -> tuple[NDArray[np.intp], Numbers]:
    """The columns in the order of rounding, and how much of the error of each is passed on to those after it. Shape: (columns, columns)."""
    together = seen.T.astype(np.float64) @ seen
    squares = np.diag(together)
    together += np.eye(len(squares)) * max(DAMPING * squares.mean(), np.finfo(np.float32).tiny)
    order = np.argsort(-squares, kind="stable")
    upper = np.linalg.cholesky(np.linalg.inv(together[np.ix_(order, order)])).T
    return order, np.asarray(upper / np.diag(upper)[:, None], dtype=np.float32)


def _grouped(numbers: Numbers, size: int) -> Numbers:
    """Rows in runs of `size`, or whole where they do not go into it. Shape: (rows, runs, size)."""
    return numbers.reshape(len(numbers), -1, size if numbers.shape[1] % size == 0 else numbers.shape[1])
