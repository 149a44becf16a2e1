"""The guides of a corpus with their passages. What has not changed since a generation was made is taken over from it."""

from __future__ import annotations

import functools
import hashlib
from collections import defaultdict
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from retrieval import guides, passages
from retrieval.errors import GuideError
from retrieval.generations import Generation
from retrieval.guides import Guide, Parsed
from retrieval.passages import Passage
from retrieval.terms import Terms

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and how many there are."""


@functools.cache
def reader() -> str:
    """A digest of the code that reads guides: what another version of it has read is read again."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    for library in ("markdown-it-py", "pyyaml"):
        digest.update(metadata.version(library).encode())
    return digest.hexdigest()


def read(corpus: Path, previous: Generation | None, progress: Progress) -> tuple[list[Guide], list[Passage]]:
    """The guides under `corpus`, by path, and their passages in the same order.

    Raises GuideError for a guide that cannot be read, or where there is none with any text.
    """
    files = guides.paths(corpus)
    if not files:
        raise GuideError(str(corpus / "guides"), 1, "the folder has no guides (*.md)")
    known = _Known(previous)
    found: list[Guide | Parsed] = []
    for done, path in enumerate(files, 1):
        found.append(known.guide(path, corpus) or guides.read(path, corpus))
        progress("reading", done, len(files))
    read_guides = [f.guide if isinstance(f, Parsed) else f for f in found]
    _check_ids(read_guides)
    terms, same = Terms(g.terms for g in read_guides), known.has_terms_of(read_guides)
    made: list[Passage] = []
    for path, one in zip(files, found, strict=True):
        if isinstance(one, Guide) and same:
            made += known.passages[one.id]
        else:
            made += passages.of_guide(one if isinstance(one, Parsed) else guides.read(path, corpus), terms)
    if not made:
        raise GuideError(str(corpus / "guides"), 1, "the guides have no text below their front matter")
    return read_guides, made


class _Known:
    """What a generation has of guides, if the same code has read them."""

    def __init__(self, previous: Generation | None) -> None:
        usable = previous if previous is not None and previous.manifest.reader == reader() else None
        self._guides = {guide.path: guide for guide in usable.guides.values()} if usable else {}
        self.passages: dict[str, list[Passage]] = defaultdict(list)
        for passage in usable.passages if usable else ():
            self.passages[passage.guide].append(passage)

    def guide(self, path: Path, corpus: Path) -> Guide | None:
        """The guide in this file, if it is the same to the byte."""
        known = self._guides.get(path.relative_to(corpus.parent).as_posix())
        return known if known is not None and known.digest == _digest(path) else None

    def has_terms_of(self, now: list[Guide]) -> bool:
        """Whether these guides declare the same terms: a new one changes how the passages of all guides read."""
        return [g.terms for g in self._guides.values() if g.terms] == [g.terms for g in now if g.terms]


def _digest(path: Path) -> str:
    try:
        return guides.digest(path)
    except OSError:
        return ""  # which reading the guide then explains


def _check_ids(read_guides: list[Guide]) -> None:
    """No two files may be the same guide, as a.md and a.markdown are."""
    seen: dict[str, str] = {}
    for guide in read_guides:
        if guide.id in seen:
            raise GuideError(guide.path, 1, f"{seen[guide.id]} has the same name; rename one of them")
        seen[guide.id] = guide.path
