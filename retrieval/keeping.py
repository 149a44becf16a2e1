"""Results of methods, kept for as long as their object lives, and no longer.

`functools.lru_cache` on a method keeps its objects as well, and an index that no longer serves holds files open.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from typing import Any, TypeVar, cast

Method = TypeVar("Method", bound=Callable[..., Any])


def kept(most: int) -> Callable[[Method], Method]:
    """Keep the last `most` results of a method, by its arguments, in the object itself. Safe to use from several threads."""

    def decorate(method: Method) -> Method:
        return cast("Method", _Kept(method, most))

    return decorate


class _Kept:
    """Stands in the class for the method, and puts the cache into each object under its name, where it is found first."""

    def __init__(self, method: Callable[..., Any], most: int) -> None:
        self._method = method
        self._most = most
        functools.update_wrapper(self, method)  # type: ignore[arg-type]  # for its documentation

    def __get__(self, instance: Any, _: type) -> Any:
        if instance is None:
            return self
        itself = weakref.ref(instance)  # so that nothing holds the object but those who use it
        results = functools.lru_cache(self._most)(lambda *given: self._method(itself(), *given))
        return instance.__dict__.setdefault(self._method.__name__, results)
