"""A corpus folder to a new index generation, with the vectors of unchanged passages taken over."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from retrieval.embedding import Embedder
from retrieval.encoder import Model
from retrieval.errors import IndexUnusable
from retrieval.journal import Journal
from retrieval.ports import Generation, Manifest, Source
from retrieval.reading import Corpus, Progress, reader
from retrieval.sealing import FORMAT
from retrieval.stores import IndexStore, open_current
from retrieval.writing import FolderWriter

Repeat = Callable[[str, Path], bool]
"""Puts the files of a generation, by its name, into an empty folder; False where that is not possible."""


@dataclass(frozen=True)
class Change:
    """What a new generation has that the one before it had not. Guides are named by path; the others count passages."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    reused: int
    embedded: int

    @property
    def nothing(self) -> bool:
        """Whether the guides are the same as before."""
        return not (self.added or self.changed or self.removed)


def build(
    corpus: Path, folder: Path, model: Model, previous: Generation | None, progress: Progress, journal: Path, suggested: Sequence[str] = (),
    repeat: Repeat | None = None,
) -> tuple[Manifest, Change]:  # fmt: skip
    """Write a generation of the guides under `corpus` into the empty `folder`; its files are not sealed yet.

    `suggested` are questions that are suggested to askers beside those in headings. `journal` is a file that keeps vectors as they
    are made: where it lies already, a build that was killed is resumed. `repeat` takes over a whole generation, where nothing has
    changed. Raises GuideError for a guide that cannot be read.
    """
    now = Corpus(corpus, previous)
    same = previous is not None and now.unchanged and _same(previous, model, suggested)
    if previous is not None and same and repeat is not None and repeat(previous.manifest.name, folder):
        name = _name([source.digest for source in now.sources.values()], model)
        again = msgspec.structs.replace(previous.manifest, name=name, created=_now(), checks_passed=0, checks_failed=())
        return again, change(previous.sources.all(), now.sources, previous.manifest.passages, 0)
    same_model = previous is not None and previous.manifest.model == model.identity
    known, dimension = (previous.known, previous.manifest.dimension) if previous is not None and same_model else (None, 0)
    embedder = Embedder(model, known, dimension, Journal(journal, model.identity))
    sources: dict[str, Source] = {}
    with FolderWriter(folder, now.terms, suggested) as writer:
        for read in now.read(progress):
            writer.add(read)
            sources[read.guide.path] = read.source
        embedded, search = writer.finish(embedder, progress, previous.vectors if previous is not None and same_model else None)
    manifest = Manifest(
        _name([source.digest for source in sources.values()], model), FORMAT, _now(), model.identity, embedder.dimension,
        len(sources), len(writer), {}, reader(), search, noted=writer.noted,
    )  # fmt: skip
    before = previous.sources.all() if previous is not None else {}
    return manifest, change(before, sources, len(writer) - embedded, embedded)


def _same(previous: Generation, model: Model, suggested: Sequence[str]) -> bool:
    """Whether a build would write again what a generation has, if the guides are the same."""
    manifest, asked = previous.manifest, list(dict.fromkeys(suggested))
    questions = previous.questions.first(len(asked))
    return (
        (manifest.model, manifest.format) == (model.identity, FORMAT) and previous.overview.suggested == len(asked) and questions == asked
    )


def open_previous(store: IndexStore) -> Generation | None:
    """The generation that serves, or None where there is none that can be used."""
    try:
        return open_current(store)[0]
    except IndexUnusable:
        return None


def change(before: Mapping[str, Source], now: Mapping[str, Source], reused: int = 0, embedded: int = 0) -> Change:
    """What the guides `now` have that those `before` had not, each given by its path."""
    return Change(
        added=tuple(sorted(now.keys() - before.keys())),
        changed=tuple(sorted(p for p in now.keys() & before.keys() if now[p].digest != before[p].digest)),
        removed=tuple(sorted(before.keys() - now.keys())),
        reused=reused,
        embedded=embedded,
    )


def _name(digests: Sequence[str], model: Model) -> str:
    """A name that sorts by time and tells two contents apart."""
    content = hashlib.sha256("\n".join([*sorted(digests), model.identity]).encode()).hexdigest()
    return f"{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%S%f}-{content[:8]}"


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
