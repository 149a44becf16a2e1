"""The embedding model exported once to OpenVINO, and served from there without torch.

sentence-transformers stays the model's home: it loads the model, makes the reference vectors, and is traced for the export,
which is used only where its vectors agree with the reference; docs/performance.md has what each costs. Weights are kept in
16 bits; the CPU computes in bfloat16 where it has it, else in 32 bits.

The model is kept twice: for a short question alone, with its shape fixed, and for any texts. Vectors of single tokens, half
of the weights, lie in a file of their own that is memory-mapped, so that a process holds only what its questions touch.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from retrieval import runtime
from retrieval.errors import ModelError
from retrieval.lexicon import Lexicon

Vectors = NDArray[np.float32]

FORMAT = 2
LEAST_COSINE = 0.999  # of an exported vector with the reference, for each text of the sample
MANIFEST = "export.json"
SHORT = 16  # tokens of a question that is encoded alone at a fixed shape: 58 % of those in corpus/evaluation.toml
FEW = 3  # texts that are encoded one by one, where they are short
STEP = 4  # a longer text alone is filled up to a multiple of it: openvino prepares itself anew for each new length
AT_ONCE = 1_024  # tokens of one pass, filling included: more no longer fits a core's cache
WIDE = 64  # texts from which a batch is worth all cores
COMPILED = "compiled"  # a folder that is openvino's own, named by machine and version in it, and may be deleted
EMBEDDED = "embedded"  # the input that takes the tokens' own vectors
TABLE = "embeddings.npy"

# What the export is checked with: short and long, other scripts, numbers, code, and what is cut off.
SAMPLE: tuple[str, ...] = (
    "why?", "do I need a degree", "The quick brown fox jumps over the lazy dog.", "12-18 months, $150,000, about 70 %",
    "¿Cuánto tiempo se tarda?", "Wie lange dauert der Umstieg, und was kostet er?", "मुझे कितना समय लगेगा?", "机器学习工程师的薪水",
    "def encode(texts: list[str]) -> Vectors: ...", "| weeks | hours | cost |\n| 6 | 10 | free |", "a", "🙂 ok",
    " ".join(["A paragraph that goes on about tools, teams and the time that each of them takes."] * 6),
    " ".join(f"word{n} and another, number {n}." for n in range(400)),
)  # fmt: skip


class Export(msgspec.Struct, frozen=True):
    """What an export is made of: at most `longest` tokens are read, `short` is the length at which `short.xml` is fixed.

    `inputs` are the model's, in order; `files` maps each file to its SHA-256.
    """

    format: int
    identity: str
    dimension: int
    longest: int
    short: int
    inputs: tuple[str, ...]
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
        self._table = np.lib.format.open_memmap(folder / TABLE, mode="r") if EMBEDDED in manifest.inputs else None
        self._folder = folder
        self._settled = settled
        self._opening = threading.Lock()
        self._open: dict[str, runtime.Compiled] = {}
        self._first = threading.Lock()
        self._begun = False
        self._short_texts = 0

    def _compiled(self, use: str) -> runtime.Compiled:
        """The model as it serves one use, compiled when it is first wanted."""
        with self._opening:
            if use not in self._open:
                file, options = _USES[use]
                # What openvino makes of the model for this machine is kept, without the weights: the next start takes a third of the time.
                if self._settled and ((self._folder / COMPILED).is_dir() or os.access(self._folder, os.W_OK)):
                    options = {"CACHE_DIR": str(self._folder / COMPILED), "CACHE_MODE": "OPTIMIZE_SIZE", **options}
                try:
                    self._open[use] = runtime.Compiled(self._folder / file, options)
                except RuntimeError as error:
                    raise _unusable(self._folder) from error
            return self._open[use]

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

        def keep(places: list[int], _: Vectors, vectors: Vectors) -> None:
            found[places] = vectors

        self._pass(self._read(inputs), keep)
        return _unit(found) if normalize_embeddings else found

    def encode_tokens(self, texts: Sequence[str]) -> list[tuple[Vectors, list[tuple[int, int]], Vectors]]:
        """For each text its unit vector, its tokens as character spans, and the tokens' vectors."""
        read = self._read(texts)
        found: list[Any] = [None] * len(read)

        def keep(places: list[int], tokens: Vectors, vectors: Vectors) -> None:
            for row, (place, vector) in enumerate(zip(places, _unit(vectors), strict=True)):
                found[place] = (vector, read[place].offsets, tokens[row, : len(read[place].ids)].copy())

        self._pass(read, keep)
        return found

    def _takes_short(self) -> bool:
        """Whether a short text goes its own way: not at once in a process that has begun with a longer one and may soon be done."""
        self._short_texts += 1
        return _ANY not in self._open or self._short_texts > FEW

    def _read(self, texts: Sequence[str]) -> list[Any]:
        read: list[Any] = self._tokenizer.encode_batch(list(texts))
        return read

    def _pass(self, read: Sequence[Any], keep: Callable[[list[int], Vectors, Vectors], None]) -> None:
        """Hand the places of some texts, (texts, longest, dimension) of their tokens and (texts, dimension) to `keep`, until all are done.

        Both arrays are openvino's own and hold until `keep` returns, which may be called from several threads.
        """
        lengths = [len(text.ids) for text in read]
        if len(read) <= FEW and max(lengths, default=0) <= self.manifest.short and self._takes_short():
            for place in range(len(read)):
                self._infer(_SHORT_ALONE, read, [place], self.manifest.short, keep)
        elif len(read) < WIDE:
            for batch in runtime.batched(lengths, AT_ONCE):
                longest = lengths[batch[0]]
                self._infer(_ANY, read, batch, -(-longest // STEP) * STEP if len(batch) == 1 else longest, keep)
        else:
            from concurrent.futures import ThreadPoolExecutor  # an answer needs none

            with ThreadPoolExecutor(runtime.cores()) as pool:
                list(pool.map(lambda batch: self._infer(_ANY, read, batch, lengths[batch[0]], keep), runtime.batched(lengths, AT_ONCE)))

    def _infer(self, use: str, read: Sequence[Any], batch: list[int], filled: int, keep: Callable[..., None]) -> None:
        given = {name: np.zeros((len(batch), filled), dtype=np.int64) for name in ("input_ids", "attention_mask", "token_type_ids")}
        for row, text in enumerate(read[place] for place in batch):
            given["input_ids"][row, : len(text.ids)] = text.ids
            given["attention_mask"][row, : len(text.ids)] = 1
        if self._table is not None:
            given[EMBEDDED] = self._table[given["input_ids"]].astype(np.float32)
        with self._alone_at_first(), self._compiled(use).request() as request:
            found = request.infer([given[each] for each in self.manifest.inputs], share_inputs=True, share_outputs=True)
            keep(batch, found[0], found[1])


# What the model is opened for: one short question, and any texts, of which as many passes run at a time as there are cores, each on one.
_SHORT_ALONE, _ANY = "one short text", "any texts"


_ONE_CORE = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": "1"}
_EACH_CORE = {"NUM_STREAMS": str(runtime.cores()), "INFERENCE_NUM_THREADS": str(runtime.cores())}
_USES = {
    _SHORT_ALONE: ("short.xml", _ONE_CORE),
    _ANY: ("model.xml", _EACH_CORE),
}


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
    return [MANIFEST] if found is None else [name for name, digest in found.files.items() if _digest(folder / name) != digest]


def export(reference: Any, identity: str, folder: Path, made_with: dict[str, str], frequent: Sequence[str] = ()) -> Export:
    """Export `reference` into `folder`, check it, and put it there by one move. Raises ModelError where it does not agree.

    The vectors of `frequent` words are kept with it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".export-", dir=folder.parent))
    try:
        found = _converted(reference, identity, made, made_with)
        found = msgspec.structs.replace(found, lowest_cosine=_lowest_cosine(reference, ExportedEncoder(made, found, settled=False)))
        if found.lowest_cosine < LEAST_COSINE:
            raise ModelError(f"the exported model does not agree with its reference: a cosine is {found.lowest_cosine:.4f}")
        vectors = ExportedEncoder(made, found, settled=False).encode(
            list(frequent), batch_size=WIDE, normalize_embeddings=True, show_progress_bar=False
        )
        Lexicon.write(made, frequent, vectors)
        names = sorted(path.name for path in made.iterdir())
        found = msgspec.structs.replace(found, files={name: _digest(made / name) for name in names})
        (made / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(found)))
        made.chmod(0o755)
        shutil.rmtree(folder, ignore_errors=True)
        made.replace(folder)
        settled = ExportedEncoder(folder, found)
        for text in (SAMPLE[0], SAMPLE[-1]):  # so that the first start is a quick one, too
            settled.encode_tokens([text])
    except ModelError:
        raise
    except Exception as error:  # torch's tracing and openvino's conversion raise anything, for a model that they cannot do
        raise ModelError(f"the model {identity} cannot be exported: {type(error).__name__}") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return found


def _converted(reference: Any, identity: str, folder: Path, made_with: dict[str, str]) -> Export:
    """Write the model and its tokenizer."""
    model, inputs = runtime.traced(reference)
    if (table := runtime.taken_out(model, EMBEDDED)) is not None:
        np.save(folder / TABLE, table)
        inputs = (*inputs, EMBEDDED)
    longest, dimension = int(reference.max_seq_length or 512), int(reference.get_embedding_dimension() or 0)
    short = min(SHORT, longest)
    runtime.save(model, folder / "model.xml")
    runtime.save(model, folder / "short.xml", (1, short))
    reference.tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    return Export(FORMAT, identity, dimension, longest, short, inputs, 0.0, made_with, {})


def _lowest_cosine(reference: Any, made: ExportedEncoder) -> float:
    wanted = np.asarray(reference.encode(list(SAMPLE), normalize_embeddings=True, show_progress_bar=False))
    exported = made.encode(list(SAMPLE), batch_size=4, normalize_embeddings=True, show_progress_bar=False)
    return float((wanted * exported).sum(axis=1).min())


def _unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
