"""The embedding model exported once to OpenVINO, and served from there without torch. The only file that imports openvino.

sentence-transformers stays the model's home: it loads the model, makes the reference vectors, and is traced for the export,
which is used only where its vectors agree with the reference; docs/performance.md has what each costs. Weights are kept in
16 bits; the CPU computes in bfloat16 where it has it, else in 32 bits.
"""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import sys
import tempfile
import threading
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from retrieval.errors import ModelError

Vectors = NDArray[np.float32]

FORMAT = 1
LEAST_COSINE = 0.999  # of an exported vector with the reference, for each text of the sample
MANIFEST = "export.json"
WIDE = 64  # texts from which a batch is worth all cores
COMPILED = "compiled"  # a folder that is openvino's own, named by machine and version in it, and may be deleted
_WEIGHTS = ("model.xml", "model.bin", "tokenizer.json")

# What the export is checked with: short and long, other scripts, numbers, code, and what is cut off.
SAMPLE: tuple[str, ...] = (
    "why?", "do I need a degree", "The quick brown fox jumps over the lazy dog.", "12-18 months, $150,000, about 70 %",
    "¿Cuánto tiempo se tarda?", "Wie lange dauert der Umstieg, und was kostet er?", "मुझे कितना समय लगेगा?", "机器学习工程师的薪水",
    "def encode(texts: list[str]) -> Vectors: ...", "| weeks | hours | cost |\n| 6 | 10 | free |", "a", "🙂 ok",
    " ".join(["A paragraph that goes on about tools, teams and the time that each of them takes."] * 6),
    " ".join(f"word{n} and another, number {n}." for n in range(400)),
)  # fmt: skip


class Export(msgspec.Struct, frozen=True):
    """What an export is made of. `inputs` are the model's, in order; `files` maps each file to its SHA-256."""

    format: int
    identity: str
    dimension: int
    longest: int
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
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(manifest.longest)
        self._tokenizer.no_padding()
        self._folder = folder
        self._settled = settled
        # One core encodes a question as soon as two do, and leaves the other to the next.
        self._single = self._compile({"INFERENCE_NUM_THREADS": "1"})
        self._local = threading.local()

    @functools.cached_property
    def _wide(self) -> Any:
        """The same on all cores, for batches of passages."""
        return self._compile({})

    def _compile(self, options: dict[str, str]) -> Any:
        # The hint keeps openvino from splitting the cores into streams. What it makes of the model for this machine is kept: a
        # start then takes a third of the time and half the memory.
        options = {"PERFORMANCE_HINT": "LATENCY", **options}
        if self._settled and ((self._folder / COMPILED).is_dir() or os.access(self._folder, os.W_OK)):
            options["CACHE_DIR"] = str(self._folder / COMPILED)
        return _openvino().Core().compile_model(self._folder / "model.xml", "CPU", options)

    def encode(self, inputs: list[str], /, *, batch_size: int, normalize_embeddings: bool, show_progress_bar: bool) -> Vectors:  # noqa: ARG002
        """Vectors, of length 1 if `normalize_embeddings`. Shape: (inputs, dimension). No progress is shown, whatever is asked."""
        found = np.concatenate([self._infer(self._read(inputs[at : at + batch_size]))[1] for at in range(0, len(inputs), batch_size)])
        return _unit(found) if normalize_embeddings else found

    def encode_tokens(self, texts: Sequence[str]) -> list[tuple[Vectors, list[tuple[int, int]], Vectors]]:
        """For each text its unit vector, its tokens as character spans, and the tokens' vectors, by one pass over all."""
        read = self._read(texts)
        tokens, vectors = self._infer(read)
        return [(vector, text.offsets, own[: len(text.ids)]) for vector, text, own in zip(_unit(vectors), read, tokens, strict=True)]

    def _read(self, texts: Sequence[str]) -> list[Any]:
        read: list[Any] = self._tokenizer.encode_batch(list(texts))
        return read

    def _infer(self, read: Sequence[Any]) -> tuple[Vectors, Vectors]:
        """The vectors of tokens, (texts, longest, dimension), and of texts, (texts, dimension)."""
        shape = (len(read), max(len(r.ids) for r in read))
        given = {name: np.zeros(shape, dtype=np.int64) for name in ("input_ids", "attention_mask", "token_type_ids")}
        for row, text in enumerate(read):
            given["input_ids"][row, : len(text.ids)] = text.ids
            given["attention_mask"][row, : len(text.ids)] = 1
        name = "wide" if len(read) >= WIDE else "single"
        if not hasattr(self._local, name):
            setattr(self._local, name, (self._wide if name == "wide" else self._single).create_infer_request())
        found = getattr(self._local, name).infer([given[each] for each in self.manifest.inputs], share_inputs=True)
        return found[0], found[1]


def _openvino() -> Any:
    """The library without its converter of foreign models, which costs a third of the import and brings telemetry."""
    converter = "openvino.tools"
    wanted = sys.modules.get(converter)
    sys.modules[converter] = None  # type: ignore[assignment]  # what is None here counts as not installed
    try:
        import openvino
    finally:
        if wanted is None:
            del sys.modules[converter]
        else:
            sys.modules[converter] = wanted
    return openvino


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
    except Exception as error:  # openvino and tokenizers raise RuntimeError and plain Exception
        raise ModelError(f"the exported model in {folder} cannot be opened; delete the folder, and it is made anew") from error


def damaged(folder: Path) -> list[str]:
    """The files of an export that are not as they were written."""
    found = manifest(folder)
    return [MANIFEST] if found is None else [name for name, digest in found.files.items() if _digest(folder / name) != digest]


def export(reference: Any, identity: str, folder: Path, made_with: dict[str, str]) -> Export:
    """Export `reference` into `folder`, check it, and put it there by one move. Raises ModelError where it does not agree."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".export-", dir=folder.parent))
    try:
        inputs = _convert(reference, made)
        reference.tokenizer.backend_tokenizer.save(str(made / "tokenizer.json"))
        files = {name: _digest(made / name) for name in _WEIGHTS}
        longest, dimension = int(reference.max_seq_length or 512), int(reference.get_embedding_dimension() or 0)
        found = Export(FORMAT, identity, dimension, longest, inputs, 0.0, made_with, files)
        found = msgspec.structs.replace(found, lowest_cosine=_lowest_cosine(reference, ExportedEncoder(made, found, settled=False)))
        if found.lowest_cosine < LEAST_COSINE:
            raise ModelError(f"the exported model does not agree with its reference: a cosine is {found.lowest_cosine:.4f}")
        (made / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(found)))
        made.chmod(0o755)
        shutil.rmtree(folder, ignore_errors=True)
        made.replace(folder)
        ExportedEncoder(folder, found)  # so that the first start is a quick one, too
    except ModelError:
        raise
    except Exception as error:  # torch's tracing and openvino's conversion raise anything, for a model that they cannot do
        raise ModelError(f"the model {identity} cannot be exported: {type(error).__name__}") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return found


def _convert(reference: Any, folder: Path) -> tuple[str, ...]:
    """Write model.xml and model.bin; returns the names of the inputs in order."""
    openvino = _openvino()
    import torch
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    features = {k: v for k, v in reference.preprocess(["one two three", "four"]).items() if isinstance(v, torch.Tensor)}
    inputs = tuple(features)

    class Whole(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = reference

        def forward(self, *given: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            out = self.model.forward(dict(zip(inputs, given, strict=True)))
            return out["token_embeddings"], out["sentence_embedding"]

    # The front end itself, not openvino.convert_model, which would report its use over the network.
    front = FrontEndManager().load_by_framework("pytorch")
    with torch.inference_mode(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing warns of what the check below would find
        decoder = TorchScriptPythonDecoder(Whole().eval(), example_input=tuple(features.values()))
        converted = front.convert(front.load(decoder))
    for given in converted.inputs:
        given.get_node().set_partial_shape(openvino.PartialShape([-1, -1]))
        given.get_node().set_element_type(openvino.Type.i64)
    converted.validate_nodes_and_infer_types()
    openvino.save_model(converted, folder / "model.xml", compress_to_fp16=True)
    return inputs


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
