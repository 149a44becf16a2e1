"""A progress bar on standard error for building an index. The only file that imports tqdm."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

from tqdm import tqdm


class Bar:
    """Shows what is being done, how many are done and at what rate; silent where standard error is no terminal."""

    def __init__(self) -> None:
        self._bar: tqdm[None] | None = None
        self._doing = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close()

    def show(self, doing: str, done: int, of: int) -> None:
        """`done` of `of` are done."""
        if doing != self._doing:
            self._close()
            self._doing = doing
            self._bar = tqdm(total=of, desc=doing, file=sys.stderr, disable=not sys.stderr.isatty(), leave=True)
        if self._bar is not None:
            self._bar.total = of
            self._bar.update(done - self._bar.n)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
