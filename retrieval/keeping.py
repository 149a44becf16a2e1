"""Results of methods, kept for as long as their object lives, and no longer.

`functools.lru_cache` on a method keeps its objects as well, and an index that no longer serves holds files open.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from typing import Any, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])


def kept(most: int) -> Callable[[Method], Method]:
    """Keep the last `most` results of a method, by its arguments, in the object itself. Safe to use from several threads."""

    def decorate(method: Method) -> Method:
        name = f"kept {method.__qualname__}"

        @functools.wraps(method)
        def call(self: Any, *given: Any) -> Any:
            try:
                results = self.__dict__[name]
            except KeyError:
                itself = weakref.ref(self)  # so that nothing holds the object but those who use it
                results = self.__dict__.setdefault(name, functools.lru_cache(most)(lambda *given: method(itself(), *given)))
            return results(*given)

        return call  # type: ignore[return-value]  # of the method's own signature

    return decorate
