"""A corpus folder to a new index generation, with the vectors of unchanged passages taken over."""

from __future__ import annotations

import datetime
import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from retrieval import reading, words
from retrieval.encoder import Model, Vectors
from retrieval.errors import IndexUnusable
from retrieval.generations import FORMAT, Generation, GenerationStore, Manifest
from retrieval.headings import Headings, distinct
from retrieval.lexical import LexicalIndex
from retrieval.passages import Passage
from retrieval.reading import Progress, reader
from retrieval.vectors import VectorIndex


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


def build(corpus: Path, folder: Path, model: Model, previous: Generation | None, progress: Progress) -> tuple[Manifest, Change]:
    """Write a generation of the guides under `corpus` into the empty `folder`; its files are not sealed yet.

    Raises GuideError for a guide that cannot be read, before anything is written.
    """
    read, made = reading.read(corpus, previous, progress)
    known = _known(previous, model)
    vectors, reused = _embed([p.embedded for p in made], known, model, progress)
    spelled = vocabulary(made)
    word_vectors, _ = _embed(spelled, known, model, lambda _, done, of: progress("embedding words", done, of))
    headings = distinct([p.heading for p in made])
    heading_vectors, _ = _embed(headings, known, model, lambda _, done, of: progress("embedding headings", done, of))
    VectorIndex.build(vectors).save(folder / "vectors.faiss")
    Headings.index(heading_vectors, vectors.shape[1]).save(folder / "headings.faiss")
    VectorIndex.build(word_vectors).save(folder / "words.faiss")
    LexicalIndex.build((words.stems(p.embedded) for p in made), folder / "lexical")
    (folder / "guides.json").write_bytes(msgspec.json.encode(read))
    (folder / "passages.json").write_bytes(msgspec.json.encode(made))
    (folder / "vocabulary.json").write_bytes(msgspec.json.encode(spelled))
    digests = {g.path: g.digest for g in read}
    before = previous.manifest.guides if previous else {}
    manifest = Manifest(_name(digests, model), FORMAT, _now(), model.identity, vectors.shape[1], len(made), digests, {}, reader())
    return manifest, change(before, digests, reused, len(made) - reused)


def open_previous(store: GenerationStore) -> Generation | None:
    """The generation that serves, or None where there is none that can be used."""
    try:
        return store.open_current()[0]
    except IndexUnusable:
        return None


def _embed(texts: list[str], known: dict[str, Vectors], model: Model, progress: Progress) -> tuple[Vectors, int]:
    """The vectors of `texts`, and how many of them were known."""
    new = list(dict.fromkeys(text for text in texts if _hash(text) not in known))
    done = 0

    def count(newly: int) -> None:
        nonlocal done
        done += newly
        progress("embedding", done, len(new))

    made = dict(zip((_hash(t) for t in new), model.encode(new, count), strict=True))
    vectors = [known.get(_hash(t), made.get(_hash(t))) for t in texts]
    stacked = np.stack([v for v in vectors if v is not None]) if texts else np.zeros((0, 0), dtype=np.float32)
    return stacked, len(texts) - sum(_hash(t) in made for t in texts)


def _known(previous: Generation | None, model: Model) -> dict[str, Vectors]:
    """The vectors of a generation that this model has made, by the hash of what was encoded."""
    if previous is None or previous.manifest.model != model.identity:
        return {}
    words_known = zip(map(_hash, previous.vocabulary), previous.word_vectors.vectors(), strict=True)
    headings = distinct([p.heading for p in previous.passages])
    headings_known = zip(map(_hash, headings), previous.headings.vectors.vectors(), strict=False)
    passages_known = zip((p.content_hash for p in previous.passages), previous.vectors.vectors(), strict=True)
    return {**dict(words_known), **dict(headings_known), **dict(passages_known)}


def vocabulary(made: list[Passage]) -> list[str]:
    """The words of the passages, one spelling for each stem, sorted."""
    counts = Counter(word for p in made for word in words.content(p.embedded))
    spelling: dict[str, str] = {}
    for word, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        spelling.setdefault(words.stem(word), word)
    return sorted(spelling.values())


def change(before: dict[str, str], now: dict[str, str], reused: int = 0, embedded: int = 0) -> Change:
    """What the guides `now` have that those `before` had not, each given by path and digest."""
    return Change(
        added=tuple(sorted(now.keys() - before.keys())),
        changed=tuple(sorted(p for p in now.keys() & before.keys() if now[p] != before[p])),
        removed=tuple(sorted(before.keys() - now.keys())),
        reused=reused,
        embedded=embedded,
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _name(digests: dict[str, str], model: Model) -> str:
    """A name that sorts by time and tells two contents apart."""
    content = hashlib.sha256("\n".join([*sorted(digests.values()), model.identity]).encode()).hexdigest()
    return f"{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%S%f}-{content[:8]}"


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
