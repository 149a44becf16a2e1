"""Names that mean the same: guides declare them, questions and passages are read with one name for each."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping

from retrieval.keeping import kept
from retrieval.words import normalise, stems

_ENDS = re.compile(r"(?:s|es)?(?!\w)")  # a word, or its plural


def _any_of(names: Iterable[str]) -> str:
    """An expression for any of some names, the first that fits; by first letters, so that few are tried at each place."""
    begun: dict[str, list[str]] = {}
    for name in names:
        begun.setdefault(name[0], []).append(re.escape(name[1:]))
    return "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in begun.items())


class Terms:
    """Replaces each declared variant ("MLE", "ML engineer") by its main name ("machine learning engineer").

    Longer variants win over shorter ones, case, typographic marks and a plural s do not matter, whole words only.
    """

    def __init__(self, declared: Iterable[Mapping[str, list[str]]]) -> None:
        self._main: dict[str, str] = {}
        for terms in declared:
            for main, variants in terms.items():
                for variant in variants:
                    self._main[normalise(variant)] = normalise(main)
                self._main[normalise(main)] = normalise(main)
        self._main = {name: main for name, main in self._main.items() if name.strip() and main.strip()}
        any_of = _any_of(sorted(self._main, key=len, reverse=True))
        pattern = re.compile(rf"(?<![\w-])(?:{any_of})(?:'s|s)?(?![\w]|-\w)") if any_of else None
        # A text in lower case with every known variant replaced by its main name.
        self.unify: Callable[[str], str] = functools.lru_cache(4_096)(functools.partial(_unified, pattern, self._main))
        # The stems of a text's words that carry meaning, one name for each term.
        self.stems: Callable[[str], frozenset[str]] = functools.lru_cache(4_096)(functools.partial(_stems, self.unify))

    @kept(1_000)
    def unified(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        """`unify` of several texts, in order."""
        return tuple(map(self.unify, texts))

    @functools.cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(sorted(set(self._main.values()), key=lambda name: (-len(name), name)))

    def names(self) -> tuple[str, ...]:
        """All main names, longer ones first: in an order that is the same in every process."""
        return self._names

    def written(self) -> Iterable[str]:
        """All names, the main ones and those that mean the same."""
        return self._main.keys()


def _unified(pattern: re.Pattern[str] | None, names: Mapping[str, str], text: str) -> str:
    text = normalise(text)
    return text if pattern is None else pattern.sub(functools.partial(_replacement, names), text)


def _stems(unify: Callable[[str], str], text: str) -> frozenset[str]:
    return frozenset(stems(unify(text)))


def _replacement(names: Mapping[str, str], match: re.Match[str]) -> str:
    found = match.group(0)
    main = names.get(found) or names.get(found.removesuffix("'s")) or names[found.removesuffix("s")]
    following = match.string[match.end() :]
    for position, end in enumerate(main):  # "a masters degree" has the end of the main name already
        if end == " " and following.startswith(main[position:]) and _ENDS.match(following, len(main) - position):
            return main[:position]
    return main
