"""How far the bot's confidence can be trusted: share right against share answered, beside a single similarity threshold.

What is judged is the choice of the passage. The threshold is chosen on every other case and reported on the rest.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from bot import cues as cue
from bot import evidence, gloss, grading
from bot import question as message
from bot.evidence import Ranked
from bot.grading import Question
from bot.wiring import Bot
from retrieval import beir, frontmatter, selective
from retrieval.beir import Collection
from retrieval.embedding import Embedder
from retrieval.encoder import Model
from retrieval.folder import open_folder
from retrieval.guides import Guide
from retrieval.journal import Journal
from retrieval.passages import NOTES, Passage
from retrieval.ports import Generation, Manifest, Source
from retrieval.reading import Progress, Read
from retrieval.sealing import FORMAT
from retrieval.searcher import Searcher
from retrieval.selective import Case, Point
from retrieval.terms import Terms
from retrieval.writing import FolderWriter

DEPTH = 20
MOST = 300  # questions of each sort of a collection
SHOWN = 3  # passages of an answer, one of which has to be right
RIGHT = 0.9  # share that is to be right of what is answered, as the threshold is chosen
SHARES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
# Not for the search to answer: small talk, attacks, and advice that a table gives.
OTHER_KINDS = ("small_talk", "injection", "recommendation", "ambiguous")
SIGNALS = ("similarity", "words held", "evidence", "evidence, checked")


class Signal(msgspec.Struct, frozen=True):
    """One confidence. `auroc` and `area` over all cases; the threshold chosen on one half, and what it gives on the other."""

    auroc: float
    area: float
    threshold: float
    answered: float
    right: float
    shares: tuple[float, ...]


class Calibration(msgspec.Struct, frozen=True):
    """All signals on the same `cases`, of which `answerable` have an answer; `now` is the bot's own threshold on the reported half."""

    cases: int
    answerable: int
    signals: dict[str, Signal]
    now: tuple[float, float, float]


def corpus(bot: Bot, progress: Progress) -> Calibration:
    """The signals on the evaluation questions that a passage answers or none does. Raises CollectionError."""
    searcher = bot.engine().searcher
    asked = [
        q for q in grading.load(bot.settings.corpus) if not q.history and q.kind not in OTHER_KINDS and (q.sections or not q.answerable)
    ]
    places = grading.places(searcher.generation.passages)
    cases = []
    for number, question in enumerate(asked, 1):
        cases.append(_signals(searcher, _read(searcher, question), frozenset(_relevant(question, places))))
        progress("weighing", number, len(asked))
    return calibrate(cases, sum(q.answerable for q in asked))


def collection(bot: Bot, folder: Path, progress: Progress) -> Calibration:
    """The signals on some questions of a collection in BEIR's format. Raises CollectionError.

    Beside the questions as they are stand, as what no document answers, the collection's own unanswerable ones and the
    answerable ones again with their documents taken away.
    """
    read = beir.read(folder)
    with _generation(read, bot.model, progress) as generation:
        searcher = Searcher(generation, bot.model)
        numbers = {document: number for number, document in enumerate(read.documents)}
        relevant = {query: frozenset(numbers[d] for d in read.relevant[query] if d in numbers) for query in read.queries}
        asked = [(read.queries[query], relevant[query], frozenset[int]()) for query in _some(read.queries)]
        near = [(text, frozenset[int](), away) for text, away, _ in asked]
        without = [(read.unanswerable[query], frozenset[int](), frozenset[int]()) for query in _some(read.unanswerable)]
        cases = []
        for number, (text, wanted, away) in enumerate([*asked, *near, *without], 1):
            cases.append(_signals(searcher, searcher.corrected(text), wanted, away))
            progress("weighing", number, len(asked) + len(near) + len(without))
        return calibrate(cases, len(asked))


def calibrate(cases: Sequence[Mapping[str, tuple[float, bool]]], answerable: int) -> Calibration:
    """Every signal on the same cases, each given as its confidence and whether the answer is right."""
    signals = {name: _signal([Case(*case[name]) for case in cases]) for name in SIGNALS}
    now = selective.point([Case(*case[SIGNALS[-1]]) for case in cases[1::2]], evidence.ENOUGH)
    return Calibration(len(cases), answerable, signals, (now.threshold, now.answered, now.right))


def describe(found: Calibration) -> str:
    """Markdown tables: each signal with its threshold on the half that it was not chosen on, and its curve over all cases."""
    head = ["confidence", "AUROC", "area", "threshold", "answered", "right of them"]
    rows = [[name, *(f"{v:.3f}" for v in (s.auroc, s.area, s.threshold, s.answered, s.right))] for name, s in found.signals.items()]
    now = ["as the bot is set", "", "", *(f"{value:.3f}" for value in found.now)]
    shares = [[name, *(f"{value:.2f}" for value in s.shares)] for name, s in found.signals.items()]
    return "\n".join(
        [
            f"{found.cases} questions, {found.answerable} with an answer. Thresholds chosen on one half for {RIGHT:.0%} right, "
            "reported on the other.",
            "",
            *_markdown([head, *rows, now]),
            "",
            "Share right of what is answered, by the share answered:",
            "",
            *_markdown([["confidence", *(f"{share:.0%}" for share in SHARES)], *shares]),
        ]
    )


def _read(searcher: Searcher, question: Question) -> str:
    return searcher.corrected(gloss.to_english(message.expand(message.focus(message.clean(question.ask)))))


def _relevant(question: Question, places: Sequence[tuple[str, tuple[str, ...]]]) -> Sequence[int]:
    return grading.relevant(question, places) if question.answerable else ()


def _some(queries: Mapping[str, str]) -> list[str]:
    """Up to MOST of the queries, evenly taken."""
    ids = list(queries)
    return ids[:: max(1, -(-len(ids) // MOST))]


@contextmanager
def _generation(collection: Collection, model: Model, progress: Progress) -> Iterator[Generation]:
    """A collection as an index of guides, each document a guide of one passage under its title."""
    titles = collection.titles
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "index"
        folder.mkdir()
        with FolderWriter(folder, Terms([]), ()) as writer:
            for number, text in collection.documents.items():
                section = (titles[number],) if number in titles else ()
                passage = Passage(number, "prose", section, (1, 1), text, text.casefold(), heading=titles.get(number, ""))
                guide = Guide(number, number, titles.get(number, ""), frontmatter.Source(), None, (), {}, text, (), {}, "")
                writer.add(Read(guide, Source(""), [passage]))
            embedder = Embedder(model, None, 0, Journal(Path(made) / "journal", model.identity))
            writer.finish(embedder, progress)
        yield open_folder(folder, Manifest("collection", FORMAT, "", model.identity, embedder.dimension, len(writer), len(writer), {}))


def _signals(searcher: Searcher, text: str, relevant: frozenset[int], away: frozenset[int] = frozenset()) -> dict[str, tuple[float, bool]]:
    """Each signal's confidence, and whether one of the passages that would be shown is relevant; those `away` are not there."""
    cues = cue.read(text)
    query = searcher.read(text, evidence.emphasis_in(searcher))
    found = [f for f in searcher.search(query, DEPTH + len(away)) if f.hit.id not in away]
    if not found:
        return dict.fromkeys(SIGNALS, (0.0, False))
    ranked = evidence.answering(evidence.rank(found, query, cues, searcher), cues, query.text)
    best = ranked[0]
    note = best.found.passage.kind in NOTES
    order: dict[str, Callable[[Ranked], float]] = {"similarity": lambda r: r.found.hit.similarity, "words held": lambda r: r.found.hit.held}
    made = {}
    for name, key in order.items():
        by_it = sorted(ranked, key=key, reverse=True)
        made[name] = (key(by_it[0]), _hits(by_it, relevant))
    right = _hits(ranked, relevant)
    made["evidence"] = (best.evidence, right)
    made["evidence, checked"] = (0.0 if note else evidence.confidence(best, query, cues, searcher), right)
    return made


def _hits(ranked: Sequence[Ranked], relevant: frozenset[int]) -> bool:
    return any(r.found.hit.id in relevant for r in ranked[:SHOWN])


def _signal(cases: Sequence[Case]) -> Signal:
    chosen = selective.most_answered(selective.curve(cases[::2]), RIGHT) or Point(float("inf"), 0.0, 1.0)
    held_back = selective.point(cases[1::2], chosen.threshold)
    points = selective.curve(cases)
    shares = tuple(p.right for share in SHARES if (p := selective.at_share(points, share)) is not None)
    return Signal(selective.auroc(cases), selective.area(cases), chosen.threshold, held_back.answered, held_back.right, shares)


def _markdown(rows: Sequence[Sequence[str]]) -> list[str]:
    head, *rest = rows
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rest)]
