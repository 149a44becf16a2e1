"""The one way into an open generation: read a question, find its passages, say how well each covers it."""

from __future__ import annotations

import functools
import itertools
import threading
from collections.abc import Callable, Iterable, Sequence
from operator import mul

import msgspec
import numpy as np

from retrieval import words
from retrieval.candidates import Candidate, gathered
from retrieval.encoder import Model, Tokens, Vectors
from retrieval.keeping import kept
from retrieval.passages import Passage
from retrieval.ports import Generation, Ids, Vocabulary
from retrieval.rarity import Rarity
from retrieval.salience import salience
from retrieval.search import Hit, Indexes, search
from retrieval.spelling import Few, Spelling
from retrieval.tables import GuideTables
from retrieval.terms import Terms

# A word counts as covered by another from FAR (not at all) to NEAR (fully), by the cosine of the two words' vectors.
FAR, NEAR = 0.5, 0.75
LATELY = 128  # questions whose vectors are kept: as many as are answered at once
ASKING = 2  # entries looked at for each passage that is wanted: several may be questions noted for one
PART = 0.3  # what a word counts that stands in the passage, but without the rest of its name


class Word(msgspec.Struct, frozen=True):
    """A word of a question.

    `weight` is its share of what the question asks (all weights together are 1, or 0 where nothing counts): how rare
    it is among the passages times how much the question's meaning rests on it. `name` is the declared name of several
    words that it is a part of, such as "data engineer", or "". `known` if a guide has the word.
    """

    text: str
    stem: str
    weight: float
    known: bool
    name: str = ""


class Query(msgspec.Struct, frozen=True):
    """A question, read: one name for each term, typos corrected. `vector` is of unit length, shape (dimension,).

    `by_meaning` where the vector is of the question in another language, of which `words` may say only a part.
    """

    text: str
    words: tuple[Word, ...]
    vector: Vectors
    by_meaning: bool = False


class Found(msgspec.Struct, frozen=True):
    """A passage that was found, and what it covers of the question.

    `covered` gives each of the question's words a share from 0 (not in the passage) to 1 (there, or a word that means
    the same); `coverage` is their mean by weight, 0 to 1; `asked` is the cosine of the nearest question that is noted for the
    passage, 0 where none is near.
    """

    passage: Passage
    hit: Hit
    covered: dict[str, float]
    coverage: float
    asked: float = 0.0

    @property
    def missing(self) -> tuple[str, ...]:
        """The question's words that the passage does not hold."""
        return tuple(word for word, share in self.covered.items() if share < 0.5)


def _is_number(word: str) -> bool:
    return not word.isalpha() and any(letter.isdigit() for letter in word)


class Searcher:
    """Searches one generation; a new generation gets a new Searcher, so that no answer mixes two."""

    def __init__(self, generation: Generation, model: Model, spelled: Iterable[str] = ()) -> None:
        """`spelled` are words beside the guides' own that a typo may be corrected to."""
        self.generation = generation
        self.terms = Terms(generation.overview.terms.values())
        rarity = Rarity(generation)
        self._count, self.rarity, self.stem_rarity = rarity.count, rarity.of_word, rarity.of_stem
        self.tables = GuideTables(generation, self.terms, rarity)
        self._model = model
        self._indexes = Indexes(generation.vectors, generation.headings, generation.lexical)
        also = {w for name in self.terms.written() for w in words.surface(name)} | set(spelled)
        self._spelling = Spelling(generation.vocabulary, Few(also))
        # Of what holds no searcher, and so without `kept`: each is asked ten to twenty times a question.
        self._held: Callable[[int], Ids] = functools.lru_cache(10_000)(generation.vocabulary.held)
        self._word_vector: Callable[[str], Vectors] = functools.lru_cache(1_000)(
            functools.partial(_word_vector, generation.vocabulary, model)
        )
        # A question in lower case with its typos corrected.
        self.corrected: Callable[[str], str] = functools.lru_cache(1_000)(self._spelling.corrected)
        self._lately: dict[str, Vectors] = {}  # those of the last questions, as they were read
        self._last = threading.local()  # the text that a thread has read last, and its tokens

    def read(self, question: str, emphasis: Callable[[str], float] = lambda _: 1.0, written: str = "") -> Query:
        """Prepare a question for `search`; `emphasis` scales each word's weight (0 to 1).

        `written` is the question in another language that the model reads, of which `question` gives the words in English.
        """
        text = self.terms.unify(self.corrected(question))
        content = list(dict.fromkeys(words.content(text)))
        names = {part: name for name in self.terms.names() if " " in name and name in text for part in words.content(name)}
        tokens = self._tokens(text, content)
        salient = salience(text, content, tokens)
        raw = {w: salient[w] * self.rarity(names.get(w, w)) * emphasis(w) for w in content}
        total = sum(raw.values()) or 1.0
        read = tuple(Word(w, words.stem(w), raw[w] / total, self.knows(w), names.get(w, "")) for w in content)
        vector = tokens.vector if tokens and not written else self.encode([written or text])[0]
        self._lately = {text: vector} if len(self._lately) >= LATELY else {**self._lately, text: vector}
        return Query(text, read, vector, by_meaning=bool(written))

    def _tokens(self, text: str, content: Sequence[str]) -> Tokens | None:
        """A question's vectors, encoded together with its words that no guide has; what a thread reads twice in a row is encoded once."""
        if getattr(self._last, "text", None) != text:
            self._last.tokens, self._last.text = self._model.encode_with_words(text, self._strange(content)), text
        found: Tokens | None = self._last.tokens
        return found

    def vector(self, text: str) -> Vectors:
        """The unit vector of a text as `read` has it, shape (dimension,); a question that was just read is not encoded again."""
        unified = self.terms.unify(self.corrected(text))
        known = self._lately.get(unified)
        return self.encode([unified])[0] if known is None else known

    def encode(self, texts: list[str]) -> Vectors:
        """Unit vectors of `texts`. Shape: (texts, dimension)."""
        return self._model.encode(texts)

    def search(self, query: Query, k: int = 10) -> list[Found]:
        """The `k` best passages, best first."""
        return self.found(query, search(query.text, query.vector, self._indexes, ASKING * k), k)

    def found(self, query: Query, hits: Sequence[Hit], k: int) -> list[Found]:
        """What the first `k` passages that `hits` stand for cover of `query`, in order."""
        candidates = gathered(hits, self.generation.passages, k)
        texts, weights = [word.text for word in query.words], [word.weight for word in query.words]
        found = []
        for candidate, shares in zip(candidates, self._cover(query.words, candidates), strict=True):
            coverage = sum(map(mul, weights, shares))
            if query.by_meaning:  # words that are not known in English are not held against a passage
                coverage = max(coverage, candidate.hit.similarity)
            found.append(Found(candidate.passage, candidate.hit, dict(zip(texts, shares, strict=True)), coverage, candidate.asked))
        return found

    def holding(self, wanted: Sequence[str], k: int) -> list[Passage]:
        """The `k` best passages that hold any of these words, by their words alone."""
        stems = sorted({words.stem(word) for word in wanted})
        return self.generation.passages.many([i for i, _ in self.generation.lexical.search(stems, k)])

    def knows(self, word: str) -> bool:
        """Whether a guide has this word."""
        return self._count(words.stem(word)) > 0

    @kept(10_000)
    def likeness(self, word: str, kinds: tuple[tuple[str, ...], ...]) -> float:
        """The cosine of a word to the nearest middle of the words of a kind (-1 to 1): whether it is a thing of one of the kinds."""
        return float((self._middles(kinds) @ self._word_vector(word)).max())

    def nearest(self, word: str, others: tuple[str, ...]) -> float:
        """The cosine of a word to the nearest of others (-1 to 1): whether it is much like any of them."""
        return float((self._vectors_of(others) @ self._word_vector(word)).max())

    def _cover(self, wanted: Sequence[Word], candidates: Sequence[Candidate]) -> list[list[float]]:
        """How far each passage holds each word, 0 to 1: the same stem counts 1, a word of near meaning less.

        A part of a name counts in full only where the whole name stands.
        """
        nearest = self._nearest(wanted, [candidate.ids for candidate in candidates])
        shares: list[list[float]] = np.minimum(np.maximum((nearest - FAR) / (NEAR - FAR), 0), 1).tolist()
        for place, word in enumerate(wanted):
            if word.name:
                for row, candidate in zip(shares, candidates, strict=True):
                    row[place] *= 1.0 if word.name in candidate.text else PART
        return shares

    def _nearest(self, wanted: Sequence[Word], groups: Sequence[Sequence[int]]) -> Vectors:
        """The cosine (-1 to 1) of each word to the nearest of each group's words; of a number 1 where it is there, else -1.

        A group is of the ids of a passage and of what stands for it. Shape: (groups, wanted).
        """
        held = [self._held(passage) for group in groups for passage in group]
        each = map(len, held)
        lengths = np.array([sum(itertools.islice(each, len(group))) for group in groups], dtype=np.int64)
        full = lengths.nonzero()[0]
        if not len(full):
            return np.full((len(groups), len(wanted)), -1, dtype=np.float32)
        ids, starts = np.concatenate(held), (lengths.cumsum() - lengths)[full]
        spelled = [place for place, word in enumerate(wanted) if not _is_number(word.text)]
        nearest = np.maximum.reduceat(self._cosines(ids, [wanted[place].text for place in spelled]), starts, axis=0) if spelled else None
        if nearest is not None and nearest.shape == (len(groups), len(wanted)):  # as nearly always
            return nearest
        found = np.full((len(groups), len(wanted)), -1, dtype=np.float32)
        if nearest is not None:
            found[full[:, None], spelled] = nearest
        for place in set(range(len(wanted))).difference(spelled):
            known = self.generation.vocabulary.find(wanted[place].stem)
            found[full, place] = np.maximum.reduceat(np.where(ids == (-1 if known is None else known), 1.0, -1.0), starts)
        return found

    def _cosines(self, ids: Ids, wanted: Sequence[str]) -> Vectors:
        """The cosine of the words with these ids, each as often as it is there, to each of some words. Shape: (ids, wanted)."""
        there = np.zeros(len(self.generation.vocabulary), dtype=np.bool_)
        there[ids] = True
        distinct = there.nonzero()[0]
        places = np.empty(len(there), dtype=np.int64)
        places[distinct] = np.arange(len(distinct))
        cosines = self.generation.vocabulary.vectors(distinct) @ np.array(list(map(self._word_vector, wanted))).T
        return np.asarray(cosines.take(places[ids], axis=0))

    @kept(100)
    def _middles(self, kinds: tuple[tuple[str, ...], ...]) -> Vectors:
        middles = np.stack([self._vectors_of(others).mean(axis=0) for others in kinds])
        return np.asarray(middles / np.linalg.norm(middles, axis=1, keepdims=True))

    @kept(100)
    def _vectors_of(self, others: tuple[str, ...]) -> Vectors:
        return self._model.encode_words(others)

    def meet(self, wanted: Iterable[str]) -> None:
        """Encode, all together, those of the words that neither a guide nor an earlier question has."""
        self._model.encode_words(self._strange(wanted))

    def _strange(self, wanted: Iterable[str]) -> list[str]:
        """The words that no guide has, amounts aside."""
        spelled = [word for word in wanted if not word[:1].isdigit()]
        return [word for word in spelled if self.generation.vocabulary.find(words.stem(word)) is None]


def _word_vector(vocabulary: Vocabulary, model: Model, word: str) -> Vectors:
    known = vocabulary.find(words.stem(word))
    return np.asarray(model.encode_words([word])[0] if known is None else vocabulary.vectors([known])[0])
