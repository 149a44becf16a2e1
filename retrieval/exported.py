"""The embedding model exported once to OpenVINO, and served from there without torch.

The CPU computes in bfloat16 where it has it, else in 32 bits. The model is kept twice: for a short question alone, with its shape
fixed, which spares openvino its preparation for another length, and for any texts. Vectors of single tokens, half of the weights, lie in
a file of their own, of which only those of the tokens at hand are read. `retrieval/exporting.py` makes it; docs/performance.md has what
each costs.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from retrieval import cores, layout, runtime
from retrieval.errors import ModelError
from retrieval.lexicon import Lexicon
from retrieval.records import Rows

if TYPE_CHECKING:
    from tokenizers import Encoding

    from retrieval.layout import Layout

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]

FORMAT = 5
MANIFEST = "export.json"
FEW = 3  # texts up to which there is no batch: one thread encodes them, pass by pass
AT_ONCE = (
    256  # tokens of a pass of texts in rows of their own, filling included: more brings more filling, and no longer fits a core's cache
)
WIDE = 64  # texts from which a batch is worth all cores
COMPILED = "compiled"  # a folder that is openvino's own, named by machine and version in it, and may be deleted
EMBEDDED = "embedded"  # the input that takes the tokens' own vectors
TABLE = "embeddings.npy"
ANY, SHORT_ALONE = "model.xml", "short.xml"  # the model for any texts, and for one short row alone


class Export(msgspec.Struct, frozen=True):
    """What an export is made of: at most `longest` tokens are read, `short` is the length at which `SHORT_ALONE` is fixed.

    `inputs` are the model's, in order. Where it `packs`, several texts may stand in a row, and a text's vector is the mean of its
    tokens'. `files` maps each file to its SHA-256.
    """

    format: int
    identity: str
    dimension: int
    longest: int
    short: int
    inputs: tuple[str, ...]
    packs: bool
    lowest_cosine: float
    made_with: dict[str, str]
    files: dict[str, str]


class ExportedEncoder:
    """An exported model, open. Fits `retrieval.encoder.Encoder`; safe to use from several threads."""

    def __init__(self, folder: Path, manifest: Export, *, settled: bool = True) -> None:
        """`settled` where the folder stays where it is, so that what is made of the model for this machine can be kept in it."""
        from tokenizers import Tokenizer

        self.manifest = manifest
        self.lexicon = Lexicon.open(folder)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(manifest.longest)
        self._tokenizer.no_padding()
        self._table = Rows(folder / TABLE) if EMBEDDED in manifest.inputs else None
        self._folder = folder
        self._settled = settled
        self._opening = threading.Lock()
        self._open: dict[str, runtime.Compiled] = {}
        self._narrow = False  # whether the model cannot be opened for several passes at a time
        self._counting = threading.Lock()
        self._callers = 0
        self._first = threading.Lock()
        self._begun = False
        self._short_texts = 0

    def _compiled(self, file: str, passes: int) -> runtime.Compiled:
        """The model in one of its files for so many passes at a time, each on a core, compiled when it is first wanted.

        One that is open for fewer goes on meanwhile, and for good where the other cannot be opened.
        """
        there = self._open.get(file)
        if there is not None and there.at_once >= passes:
            return there
        if there is not None and (self._narrow or not self._opening.acquire(blocking=False)):
            return there
        if there is None:
            self._opening.acquire()
        try:
            if (there := self._open.get(file)) is None or there.at_once < passes:
                self._open[file] = self._opened(file, passes)
        except RuntimeError as error:
            if there is None:
                raise _unusable(self._folder) from error
            self._narrow = True
            log.warning("the model cannot be opened for %s passes at a time; it goes on with %s: %s", passes, there.at_once, error)
        finally:
            self._opening.release()
        return self._open[file]

    def _opened(self, file: str, passes: int) -> runtime.Compiled:
        # Its threads would be bound to the first cores, in every process to the same.
        options = {"NUM_STREAMS": str(passes), "INFERENCE_NUM_THREADS": str(passes), "ENABLE_CPU_PINNING": "NO"}
        # What openvino makes of the model for this machine is kept, without the weights: the next start takes a third of the time.
        if self._settled and ((self._folder / COMPILED).is_dir() or os.access(self._folder, os.W_OK)):
            options = {"CACHE_DIR": str(self._folder / COMPILED), "CACHE_MODE": "OPTIMIZE_SIZE", **options}
        return runtime.Compiled(self._folder / file, options)

    @contextmanager
    def _counted(self) -> Iterator[int]:
        """How many callers have texts in a pass at this moment, with this one."""
        with self._counting:
            self._callers += 1
            callers = self._callers
        try:
            yield callers
        finally:
            with self._counting:
                self._callers -= 1

    @contextmanager
    def _alone_at_first(self) -> Iterator[None]:
        """Openvino's bindings make their tables of types at the first inference; two that come first at once would wait for ever."""
        if self._begun:
            yield
            return
        with self._first:
            yield
            self._begun = True

    def encode(self, inputs: list[str], /, *, batch_size: int, normalize_embeddings: bool, show_progress_bar: bool) -> Vectors:  # noqa: ARG002
        """Vectors, of length 1 if `normalize_embeddings`. Shape: (inputs, dimension). No progress is shown, whatever is asked.

        How many go into one pass follows from their lengths and not from `batch_size`.
        """
        found = np.empty((len(inputs), self.manifest.dimension), dtype=np.float32)
        read = self.read(inputs)
        lengths = list(map(len, read))

        def keep(laid: Layout, tokens: Vectors, vectors: Vectors) -> None:
            places = [place for row in laid.rows for place in row]
            found[places] = _of_texts(laid, lengths, tokens, vectors)

        self._pass(read, keep)
        return _unit(found) if normalize_embeddings else found

    def encode_tokens(self, read: Sequence[Encoding]) -> list[tuple[Vectors, list[tuple[int, int]], Vectors]]:
        """For each text that was `read` its unit vector, its tokens as character spans, and the tokens' vectors."""
        found: list[Any] = [None] * len(read)
        lengths = list(map(len, read))

        def keep(laid: Layout, tokens: Vectors, vectors: Vectors) -> None:
            units = _unit(_of_texts(laid, lengths, tokens, vectors))
            for (place, row, start, end), unit in zip(laid.spans(lengths), units, strict=True):
                found[place] = (unit.copy(), read[place].offsets, tokens[row, start:end].copy())

        self._pass(read, keep)
        return found

    def inside(self, texts: Sequence[str]) -> list[Vectors]:
        """What a model that gives out more than tokens and vectors has there, filling left out. Shape of each: (tokens, numbers)."""
        read = self.read(texts)
        found: list[tuple[Vectors, ...]] = []

        def keep(laid: Layout, tokens: Vectors, _: Vectors, *more: Vectors) -> None:
            real = np.arange(tokens.shape[1]) < np.array([[sum(len(read[place]) for place in row)] for row in laid.rows])
            found.append(tuple((each[real] if each.shape[:2] == real.shape else each.reshape(-1, each.shape[-1])).copy() for each in more))

        self._pass(read, keep)
        return [np.concatenate(parts) for parts in zip(*found, strict=True)]

    def _takes_short(self, lengths: Sequence[int]) -> bool:
        """Whether a few short texts go their own way.

        Not at once in a process that begins with a longer one and may soon be done: the model would be opened twice for them.
        """
        if not 0 < len(lengths) <= FEW or max(lengths) > self.manifest.short:
            return False
        self._short_texts += 1
        return ANY not in self._open or self._short_texts > FEW

    def read(self, texts: Sequence[str]) -> list[Encoding]:
        """Texts as tokens."""
        if len(texts) <= FEW:  # a batch is shared out among threads, which costs more than it gains for these
            return [self._tokenizer.encode(text) for text in texts]
        read: list[Encoding] = self._tokenizer.encode_batch(list(texts))
        return read

    def _pass(self, read: Sequence[Encoding], keep: Callable[..., None]) -> None:
        """Hand the layout of some texts, (rows, width, dimension) of their tokens and (rows, dimension) to `keep`, until all are done.

        Both arrays are openvino's own and hold until `keep` returns.
        """
        lengths, short = list(map(len, read)), self.manifest.short
        file = SHORT_ALONE if self._takes_short(lengths) else ANY
        if not self.manifest.packs:
            passes = (
                [layout.Layout([[place]], short) for place in range(len(read))] if file == SHORT_ALONE else layout.in_rows(lengths, AT_ONCE)
            )
        elif file == SHORT_ALONE:
            passes = layout.packed(lengths, AT_ONCE, short, short)
        else:
            passes = layout.packed(lengths, AT_ONCE, step=layout.STEP if len(read) <= FEW else layout.WIDTHS)
        with self._counted() as callers, self._alone_at_first():
            at_once = cores.available() if file == ANY and (len(read) >= WIDE or (len(read) > FEW and callers > 1)) else 1
            fill = functools.partial(self._fill, read)
            for alone in [[each] for each in passes] if len(read) <= FEW else [passes]:  # the passes of a few in this thread
                self._compiled(file, at_once).run(alone, fill, lambda laid, found: keep(laid, *found))

    def _fill(self, read: Sequence[Encoding], request: runtime.Request, laid: Layout) -> None:
        """Give a request the texts of a pass; what stands behind the texts of a row has no weight."""
        given = dict(zip(self.manifest.inputs, request.inputs(len(laid.rows), laid.width), strict=True))
        ids, mask, places, vectors = given["input_ids"], given["attention_mask"], given.get(runtime.PLACES), given.get(EMBEDDED)
        for row, texts in enumerate(laid.rows):
            tokens = [token for text in texts for token in read[text].ids]
            end = 0
            for number, text in enumerate(texts, 1):
                start, end = end, end + len(read[text])
                mask[row, start:end] = number
                if places is not None:
                    places[row, start:end] = np.arange(end - start)
            ids[row, :end] = tokens
            ids[row, end:], mask[row, end:] = 0, 0
            if tokens and vectors is not None and self._table is not None:  # of a model without marks an empty text has none
                self._table.rows(tokens, vectors[row, :end])


def folder_for(identity: str, models: Path) -> Path:
    """Where the export of the model with this identity lies, below `models`."""
    return models / hashlib.sha256(f"{FORMAT} {identity}".encode()).hexdigest()[:16]


def manifest(folder: Path) -> Export | None:
    """What `folder` holds; None where it holds no whole export of this format."""
    try:
        found = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Export)
    except (OSError, msgspec.MsgspecError):
        return None
    return found if found.format == FORMAT and all((folder / name).is_file() for name in found.files) else None


def load(folder: Path) -> ExportedEncoder:
    """The export in `folder`. Raises ModelError where it is not whole or cannot be opened."""
    found = manifest(folder)
    if found is None:
        raise ModelError(f"{folder} holds no exported model; delete it, and the next `fingerpost reindex` makes it anew")
    try:
        return ExportedEncoder(folder, found)
    except Exception as error:  # tokenizers raise plain Exception
        raise _unusable(folder) from error


def _unusable(folder: Path) -> ModelError:
    return ModelError(f"the exported model in {folder} cannot be opened; delete the folder, and it is made anew")


def damaged(folder: Path) -> list[str]:
    """The files of an export that are not as they were written."""
    found = manifest(folder)
    return [MANIFEST] if found is None else [name for name, written in found.files.items() if digest(folder / name) != written]


def digest(path: Path) -> str:
    """The SHA-256 of a file; empty where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _of_texts(laid: Layout, lengths: Sequence[int], tokens: Vectors, rows: Vectors) -> Vectors:
    """The texts' vectors, of any length: that of its row, or, of several in one, the sum of its tokens'. Shape: (texts, dimension)."""
    if all(len(row) == 1 for row in laid.rows):
        return rows
    *_, starts, ends = zip(*laid.spans(lengths), strict=True)
    return np.asarray(np.add.reduceat(tokens[0, : ends[-1]], starts, axis=0))


def _unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.sqrt(np.vecdot(vectors, vectors))[:, None], dtype=np.float32)
