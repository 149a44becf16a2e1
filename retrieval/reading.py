"""The guides of a corpus with their passages. What has not changed since a generation was made is taken over from it."""

from __future__ import annotations

import functools
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from retrieval import asking, guides, passages
from retrieval.errors import GuideError
from retrieval.folder import written
from retrieval.guides import Guide
from retrieval.passages import Passage
from retrieval.ports import Generation, Source
from retrieval.terms import Terms

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and how many there are."""

RACY = 2 * 10**9  # ns: a file that was changed so shortly before it was read may change again without another time


@functools.cache
def reader() -> str:
    """A digest of the code that reads guides: what another version of it has read is read again."""
    from importlib import metadata  # which brings the parser of e-mail along

    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    for library in ("markdown-it-py", "pyyaml"):
        digest.update(metadata.version(library).encode())
    return digest.hexdigest()


@dataclass(frozen=True)
class Read:
    """A guide with its passages, in order, and its file as it is.

    `words` are those of each passage as they are written, with spaces between, where they are known already.
    """

    guide: Guide
    source: Source
    passages: list[Passage]
    words: list[str] | None = None


@dataclass(frozen=True)
class _File:
    """A guide's file. `same` where it is, to the byte, what a generation has."""

    path: Path
    name: str
    id: str
    source: Source
    same: bool


class Corpus:
    """The guides of a folder as they are now, beside the generation before."""

    def __init__(self, corpus: Path, previous: Generation | None) -> None:
        """Raises GuideError where there are no guides, or two that are the same."""
        self._corpus = corpus
        self._previous = previous
        usable = previous is not None and previous.manifest.reader == reader()
        self._before = previous.sources.all() if previous is not None and usable else {}
        self._folder = corpus / "guides"
        self._prefix = self._folder.relative_to(corpus.parent).as_posix()
        self._files = [self._file(path) for path in guides.paths(corpus)]
        if not self._files:
            raise GuideError(str(corpus / "guides"), 1, "the folder has no guides (*.md)")
        _check_ids(self._files)
        declared = previous.overview.terms if previous is not None and usable else {}
        found = ((file.id, declared.get(file.id, {}) if file.same else guides.terms(file.path, corpus)) for file in self._files)
        now = {guide: terms for guide, terms in found if terms}
        self._same_terms = list(now.values()) == list(declared.values())
        self.terms = Terms(now.values())

    @property
    def sources(self) -> dict[str, Source]:
        """The files, each by its path; of those that are not yet read, without their digests."""
        return {file.name: file.source for file in self._files}

    @property
    def unchanged(self) -> bool:
        """Whether the generation before has exactly these guides, read by the same code."""
        return len(self._before) == len(self._files) and all(file.same for file in self._files)

    def read(self, progress: Progress) -> Iterator[Read]:
        """The guides by path, with their passages.

        Raises GuideError for a guide that cannot be read, or at the end where none has any text.
        """
        some = False
        for done, file in enumerate(self._files, 1):
            read = self._read(file)
            some |= bool(read.passages)
            yield read
            progress("reading", done, len(self._files))
        if not some:
            raise GuideError(str(self._corpus / "guides"), 1, "the guides have no text below their front matter")

    def _read(self, file: _File) -> Read:
        if file.same and self._same_terms and self._previous is not None:
            there = self._previous
            return Read(there.guides[file.id], file.source, there.passages.of_guide(file.id), written(there, file.id))
        parsed = guides.read(file.path, self._corpus)
        source = Source(parsed.guide.digest, file.source.size, file.source.mtime)
        return Read(parsed.guide, source, asking.woven(parsed, passages.of_guide(parsed, self.terms), self.terms))

    def _file(self, path: Path) -> _File:
        inside = str(path)[len(str(self._folder)) + 1 :].replace(os.sep, "/")  # which `Path` takes a tenth of a reindex for
        name, identity = f"{self._prefix}/{inside}", inside.rpartition(".")[0]
        before, now = self._before.get(name), seen(path)
        if before is None:
            return _File(path, name, identity, now, same=False)
        same = is_same(path, before, now)
        return _File(path, name, identity, Source(before.digest, now.size, now.mtime) if same else now, same)


def seen(path: Path) -> Source:
    """A file as it is at this moment, not yet read; its time is -1 where the file is so new that it tells nothing."""
    try:
        there = path.stat()
    except OSError:
        return Source("")  # which reading the guide then explains
    settled = time.time_ns() - there.st_mtime_ns > RACY
    return Source("", there.st_size, there.st_mtime_ns if settled else -1)


def is_same(path: Path, before: Source, now: Source) -> bool:
    """Whether a file is to the byte what it was before: by its size and time, and where they do not tell, by its digest."""
    if before.mtime >= 0 and (before.size, before.mtime) == (now.size, now.mtime):
        return True
    try:
        return guides.digest(path) == before.digest
    except OSError:
        return False


def _check_ids(files: list[_File]) -> None:
    """No two files may be the same guide, as a.md and a.markdown are."""
    there: dict[str, str] = {}
    for file in files:
        if file.id in there:
            raise GuideError(file.name, 1, f"{there[file.id]} has the same name; rename one of them")
        there[file.id] = file.name
