"""Vectors as parameters of statements, in PostgreSQL's binary form: nothing is written out in decimals and read again."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import pq
from psycopg.adapt import Dumper

_REAL, _REALS = 700, 1021  # the types' numbers in every PostgreSQL


class RealDumper(Dumper):
    """A NumPy array of one dimension as real[], which pgvector casts to a vector."""

    format = pq.Format.BINARY
    oid = _REALS

    def dump(self, obj: NDArray[Any]) -> bytes:
        """Shape of `obj`: (numbers,)."""
        numbers = np.empty(len(obj), dtype=[("length", ">i4"), ("value", ">f4")])
        numbers["length"], numbers["value"] = 4, obj
        return np.array([1, 0, _REAL, len(obj), 1], dtype=">i4").tobytes() + numbers.tobytes()
