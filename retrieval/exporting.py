"""Makes the export of an embedding model that `retrieval/exported.py` serves, and uses it only where it agrees with its reference.

sentence-transformers stays the model's home: it loads the model, makes the reference vectors, and is traced for the export.
Weights are kept in 8 bits, those of the matrices that bear it least in 16.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from retrieval import narrowing, runtime
from retrieval.errors import ModelError
from retrieval.exported import (
    ANY,
    EMBEDDED,
    FORMAT,
    MANIFEST,
    SHORT_ALONE,
    TABLE,
    WIDE,
    Export,
    ExportedEncoder,
    Vectors,
    digest,
)  # fmt: skip
from retrieval.lexicon import Lexicon

log = logging.getLogger(__name__)

LEAST_COSINE = 0.999  # of an exported vector with the reference, for each text of the sample
NARROW_COSINE = 0.9993  # the same where weights are in 8 bits: a text that is not of the sample is a little further off
STEPS = (0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144)  # matrices that are tried in 16 bits, the fewest first
SHORT = 16  # tokens of a question that is encoded alone at a fixed shape: 56 % of those in corpus/evaluation.toml, as they are read

# What the export is checked with: short and long, other scripts, numbers, code, and what is cut off.
SAMPLE: tuple[str, ...] = (
    "why?", "do I need a degree", "The quick brown fox jumps over the lazy dog.", "12-18 months, $150,000, about 70 %",
    "¿Cuánto tiempo se tarda?", "Wie lange dauert der Umstieg, und was kostet er?", "मुझे कितना समय लगेगा?", "机器学习工程师的薪水",
    "def encode(texts: list[str]) -> Vectors: ...", "| weeks | hours | cost |\n| 6 | 10 | free |", "a", "🙂 ok", "..", "yes", "?", "how",
    "money", "house", "12", "2025", "cost?", "time",
    " ".join(["A paragraph that goes on about tools, teams and the time that each of them takes."] * 6),
    " ".join(f"word{n} and another, number {n}." for n in range(400)),
)  # fmt: skip


def export(reference: Any, identity: str, folder: Path, made_with: dict[str, str], frequent: Sequence[str] = ()) -> Export:
    """Export `reference` into `folder`, check it, and put it there by one move. Raises ModelError where it does not agree.

    The vectors of `frequent` words are kept with it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".export-", dir=folder.parent))
    try:
        wanted = np.asarray(reference.encode(list(SAMPLE), normalize_embeddings=True, show_progress_bar=False))
        found = _checked(wanted, _converted(reference, wanted, identity, made, made_with), made)
        Lexicon.write(made, frequent, _encoded(ExportedEncoder(made, found, settled=False), frequent))
        names = sorted(path.name for path in made.iterdir())
        found = msgspec.structs.replace(found, files={name: digest(made / name) for name in names})
        (made / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(found)))
        made.chmod(0o755)
        shutil.rmtree(folder, ignore_errors=True)
        made.replace(folder)
        settled = ExportedEncoder(folder, found)
        for text in (SAMPLE[0], SAMPLE[-1]):  # so that the first start is a quick one, too
            settled.encode_tokens(settled.read([text]))
    except ModelError:
        raise
    except Exception as error:  # torch's tracing and openvino's conversion raise anything, for a model that they cannot do
        raise ModelError(f"the model {identity} cannot be exported: {type(error).__name__}") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return found


def _converted(reference: Any, wanted: Vectors, identity: str, folder: Path, made_with: dict[str, str]) -> Export:
    """Write the model, for any texts and for a short one alone, and its tokenizer; `wanted` are its own vectors of the sample."""
    longest, dimension = int(reference.max_seq_length or 512), int(reference.get_embedding_dimension() or 0)
    short = min(SHORT, longest)
    reference.tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    made = Export(FORMAT, identity, dimension, longest, short, (), True, 0.0, made_with, {})
    try:
        made = _written(reference, wanted, made, folder)
    except Exception as error:  # as in `export`; one whose places, attention or pooling are others takes each text in a row of its own
        log.warning("%s takes no texts one behind the other, and a crowd waits longer: %s", identity, error)
        made = _written(reference, wanted, msgspec.structs.replace(made, packs=False), folder)
    narrow = _narrowed(wanted, made, folder)
    runtime.save(narrow, folder / ANY)
    runtime.save(narrow, folder / SHORT_ALONE, (1, short))
    return made


def _written(reference: Any, wanted: Vectors, made: Export, folder: Path) -> Export:
    """Write the model as it is traced, for any texts. Raises ModelError where its vectors are not those that are `wanted`."""
    model, inputs = runtime.traced(reference, placed=made.packs)
    if made.packs and not runtime.parted(model, "attention_mask"):
        raise ModelError("its attention has no mask")
    if (table := runtime.taken_out(model, EMBEDDED)) is not None:
        np.save(folder / TABLE, table)
        inputs = (*inputs, EMBEDDED)
    runtime.save(model, folder / ANY)
    # Before much time is spent on a model that does not agree whatever is done.
    return _checked(wanted, msgspec.structs.replace(made, inputs=inputs), folder)


def _narrowed(reference: Vectors, made: Export, folder: Path) -> Any:
    """The model in a folder with few matrices of weights in 16 bits, so that its vectors are still near to the `reference`.

    Those whose product moves the furthest in 8 bits are left at 16 first: none, one, two, three, five and so on until that is enough.
    """
    model = runtime.read(folder / ANY)
    runtime.save(runtime.watched(model), folder / ANY)
    seen = ExportedEncoder(folder, made, settled=False).inside(SAMPLE)
    matrices = runtime.weights(model)
    narrow: dict[int, narrowing.Narrow] = {}
    for together in runtime.together(model):
        found = narrowing.narrow([matrices[number] for number in together], seen[together[0]])
        narrow |= dict(zip(together, found, strict=True))
    harmful = sorted(range(len(narrow)), key=lambda number: -narrow[number].error)

    def without(kept: int) -> Any:
        return runtime.narrowed(model, {number: narrow[number] for number in harmful[kept:]})

    def agrees(kept: int) -> bool:
        runtime.save(without(kept), folder / ANY)
        return _lowest(reference, ExportedEncoder(folder, made, settled=False)) >= NARROW_COSINE

    tried = (kept for kept in STEPS if kept < len(narrow))
    return without(next((kept for kept in tried if agrees(kept)), len(narrow)))


def _checked(wanted: Vectors, made: Export, folder: Path) -> Export:
    """The export with the lowest cosine of the sample to what is `wanted`. Raises ModelError where that is too low."""
    lowest = _lowest(wanted, ExportedEncoder(folder, made, settled=False))
    if lowest < LEAST_COSINE:
        raise ModelError(f"the exported model does not agree with its reference: a cosine is {lowest:.4f}")
    return msgspec.structs.replace(made, lowest_cosine=lowest)


def _encoded(encoder: ExportedEncoder, texts: Sequence[str]) -> Vectors:
    return encoder.encode(list(texts), batch_size=WIDE, normalize_embeddings=True, show_progress_bar=False)


def _lowest(wanted: Vectors, encoder: ExportedEncoder) -> float:
    """The lowest cosine of the sample's vectors to those that are `wanted`."""
    return float((wanted * _encoded(encoder, SAMPLE)).sum(axis=1).min())
