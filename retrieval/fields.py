"""What is searched by words, as documents of stems with ids: the passages, the rows of tables, the names of guides."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence

from retrieval import words
from retrieval.guides import Guide
from retrieval.passages import Passage
from retrieval.terms import Terms

Documents = Iterator[tuple[int, list[str]]]


def of_passages(passages: Iterable[Passage]) -> Documents:
    """The stems of each passage that says something: a word that only a note of what is missing has is one that no guide has."""
    return ((number, words.stems(passage.embedded)) for number, passage in enumerate(passages) if passage.says)


def of_words(written: Iterable[bytes], unsaid: Container[int]) -> Documents:
    """The same, of the words of each as they are written, with spaces between; those at `unsaid` say nothing."""
    stems = _Stems()
    said = ((number, text) for number, text in enumerate(written) if number not in unsaid)
    return ((number, list(filter(None, map(stems.__getitem__, text.decode().split())))) for number, text in said)


class _Stems(dict[str, str]):
    """The stem of each word that was met, "" of one without meaning."""

    def __missing__(self, word: str) -> str:
        self[word] = found = "" if word in words.STOP_WORDS else words.stem(word)
        return found


def of_rows(passages: Iterable[Passage], guides: Iterable[Guide], terms: Terms) -> Documents:
    """The stems of each row's first cell, with the id of the row's passage."""
    remaining = iter(guides)
    guide: Guide | None = None
    for number, passage in enumerate(passages):
        while guide is None or guide.id != passage.guide:
            guide = next(remaining)
        if passage.table is not None and passage.row is not None:
            yield number, words.stems(terms.unify(guide.tables[passage.table].rows[passage.row][0]))


def of_names(guides: Iterable[str], first: Sequence[int]) -> Documents:
    """The stems of each guide's id, with the id of its first passage; `first` has those, and at its end the number of all passages."""
    named = zip(guides, first, first[1:], strict=False)
    return ((begin, sorted(words.name_stems(guide))) for guide, begin, end in named if begin < end)
