"""The exported model: the reference's vectors without the reference's libraries, and never a wrong one."""

from __future__ import annotations

import copy
import json
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import cores, encoder, exported, exporting, layout
from retrieval.encoder import EMBEDDED_MODEL, Model, Tokens
from retrieval.errors import ModelError


@pytest.fixture(scope="module")
def reference() -> Model:
    """The model by sentence-transformers itself."""
    return encoder.load(EMBEDDED_MODEL)


def tokens_of(model: Model, text: str) -> Tokens:
    """A text's tokens, encoded alone."""
    found = model.encode_tokens([text])
    assert found is not None
    assert len(found) == 1
    return found[0]


def test_every_vector_agrees_with_the_reference(model: Model, reference: Model) -> None:
    """Short, long, cut off, of any script, alone and beside longer ones: the cosine is at least 0.999."""
    texts = [*exporting.SAMPLE, "gift " * 300, "x", "Which path is mine?", "\t ü  ", "1234567890" * 40]
    assert (model.encode(texts) * reference.encode(texts)).sum(axis=1).min() >= exporting.LEAST_COSINE
    assert model.served_by == "openvino"
    assert model.identity == reference.identity


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=200), min_size=1, max_size=8))
def test_any_text_has_a_unit_vector_that_does_not_depend_on_its_neighbours(model: Model, texts: list[str]) -> None:
    together = model.encode(texts)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-3)
    alone = np.concatenate([model.encode([text]) for text in texts])
    assert (together * alone).sum(axis=1).min() >= exporting.LEAST_COSINE


@given(st.lists(st.integers(1, 300), max_size=200))
def test_passes_hold_every_text_once_and_no_more_than_they_may(lengths: list[int]) -> None:
    """Filled up to its longest text, a pass has at most AT_ONCE tokens, or is one text; texts of like length are together."""
    passes = layout.in_rows(lengths, exported.AT_ONCE)
    in_order = [lengths[place] for laid in passes for (place,) in laid.rows]
    assert sorted(place for laid in passes for (place,) in laid.rows) == list(range(len(lengths)))
    assert in_order == sorted(lengths, reverse=True)
    for laid in passes:
        within = [layout.filled(lengths[place]) for (place,) in laid.rows]
        assert laid.width == max(within) <= min(within) + layout.APART
        assert len(laid.rows) == 1 or laid.width * len(laid.rows) <= exported.AT_ONCE


@given(st.lists(st.integers(1, 2 * layout.PACKED), max_size=100))
def test_texts_stand_one_behind_the_other_where_there_is_room(lengths: list[int]) -> None:
    """Each text has its own tokens of a row; rows of several are not too long, and no two of them would fit in one."""
    passes = layout.packed(lengths, exported.AT_ONCE)
    spans = [list(laid.spans(lengths)) for laid in passes]
    assert sorted(place for each in spans for place, *_ in each) == list(range(len(lengths)))
    for laid, each in zip(passes, spans, strict=True):
        assert [end - start for *_, start, end in each] == [lengths[place] for place, *_ in each]
        for row in range(len(laid.rows)):
            own = [(start, end) for _, there, start, end in each if there == row]
            assert [start for start, _ in own] == [0, *(end for _, end in own[:-1])]
            assert own[-1][1] <= laid.width
    shared = sorted(sum(lengths[place] for place in laid.rows[0]) for laid in passes if lengths[laid.rows[0][0]] <= layout.PACKED)
    assert all(tokens <= layout.PACKED for tokens in shared)
    assert len(shared) < 2 or sum(shared[:2]) > layout.PACKED


@pytest.mark.parametrize(
    "texts",
    [
        ["Do I need a degree?", "no", "What does a machine-learning engineer earn in Germany?", "12-18 months, or 2 years?", "no"],
        ["no", "Do I need a degree?", "no"],
        ["no", "How long does it take to become a machine-learning engineer from where I stand today?", "no"],
    ],
    ids=["a crowd", "a short question and words", "a long question and words"],
)
def test_texts_of_one_row_know_nothing_of_each_other(model: Model, reference: Model, texts: list[str]) -> None:
    """So are the questions of a crowd encoded, and a question with its strange words: each has the vectors that it has alone."""
    assert isinstance(model.encoder, exported.ExportedEncoder)
    assert model.encoder.manifest.packs
    together = model.encode_tokens(texts)
    assert together is not None
    for text, found in zip(texts, together, strict=True):
        wanted = tokens_of(reference, text)
        assert float(found.vector @ wanted.vector) >= exporting.LEAST_COSINE
        assert found.spans == wanted.spans
        lengths = np.linalg.norm(found.vectors, axis=1) * np.linalg.norm(wanted.vectors, axis=1)
        assert ((found.vectors * wanted.vectors).sum(axis=1) / lengths).min() >= exporting.LEAST_COSINE
    first, *_, last = (found for text, found in zip(texts, together, strict=True) if text == "no")
    assert float(first.vector @ last.vector) >= exporting.LEAST_COSINE


@pytest.mark.parametrize("tokens", [1, exporting.SHORT - 2, exporting.SHORT - 1, exporting.SHORT, 2 * exporting.SHORT, 400])
def test_a_question_has_the_reference_s_vector_at_any_length(model: Model, reference: Model, tokens: int) -> None:
    """Around the length up to which a question's shape is fixed, and where it is cut off."""
    text = " ".join(["word"] * tokens)
    found, wanted = tokens_of(model, text), tokens_of(reference, text)
    assert found.spans == wanted.spans
    assert found.vectors.shape == wanted.vectors.shape
    assert float(found.vector @ wanted.vector) >= exporting.LEAST_COSINE
    assert float(model.encode([text])[0] @ wanted.vector) >= exporting.LEAST_COSINE


def test_many_texts_are_encoded_in_their_order(model: Model, reference: Model) -> None:
    """More than one pass holds, of very different lengths, over all cores."""
    texts = [f"number {n} " + "and more " * (n * 7 % 90) for n in range(exported.WIDE + 16)]
    assert (model.encode(texts) * reference.encode(texts)).sum(axis=1).min() >= exporting.LEAST_COSINE


def test_tokens_are_those_of_the_reference(model: Model, reference: Model) -> None:
    """Both say which characters a token stands for, and give it the same vector."""
    text = "What does a machine-learning engineer earn in Germany?"
    ours, theirs = tokens_of(model, text), tokens_of(reference, text)
    assert ours.spans == theirs.spans
    cosines = (ours.vectors * theirs.vectors).sum(axis=1) / np.linalg.norm(ours.vectors, axis=1) / np.linalg.norm(theirs.vectors, axis=1)
    assert cosines.min() >= exporting.LEAST_COSINE


def test_serving_needs_neither_torch_nor_transformers(model: Model, models: Path) -> None:
    """A process that answers from the export has loaded none of the libraries that made it. It may be named as the model."""
    folder = exported.folder_for(model.identity, models)
    code = (
        "import sys; from pathlib import Path; from retrieval import encoder\n"
        f"model = encoder.serve({str(folder)!r}, Path('nowhere'))\n"
        "assert model.encode(['a question']).shape == (1, 384)\n"
        "print(model.identity, *({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == model.identity


def test_threads_that_come_first_at_once_are_all_served(model: Model, models: Path) -> None:
    """In a process that has encoded nothing yet: its first passes are made by several threads, of both kinds."""
    folder = exported.folder_for(model.identity, models)
    code = (
        "from concurrent.futures import ThreadPoolExecutor; from pathlib import Path; from retrieval import encoder\n"
        f"model = encoder.serve({str(folder)!r}, Path('nowhere'))\n"
        "texts = [['one'], ['two words'], ['three ' * 40], ['a'] * 70]\n"
        "with ThreadPoolExecutor(4) as pool:\n"
        "    print(*(len(vectors) for vectors in pool.map(model.encode, texts)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.split() == ["1", "1", "1", "70"]


@pytest.mark.skipif(sys.platform != "linux" or cores.available() == 1, reason="threads of a lower priority, on several cores")
def test_a_crowd_is_encoded_on_all_cores_by_threads_that_give_way(model: Model, models: Path) -> None:
    """As long as one asks at a time the model is open for one pass; nobody else's thread has a lower priority then or later."""
    folder = exported.folder_for(model.identity, models)
    code = (
        "import os, threading; from concurrent.futures import ThreadPoolExecutor; from pathlib import Path\n"
        "from retrieval import encoder, exported\n"
        f"model = encoder.serve({str(folder)!r}, Path('nowhere'))\n"
        "def of(thread):\n"
        "    try: return os.getpriority(os.PRIO_PROCESS, int(thread))\n"
        "    except ProcessLookupError: return os.getpriority(os.PRIO_PROCESS, 0)\n"  # it ended meanwhile
        "def nice():\n"
        "    return sorted(set(map(of, os.listdir('/proc/self/task'))))\n"
        "def ask(number):\n"
        "    for _ in range(20):\n"
        "        model.encode_tokens([f'question {number} of many', 'and more', 'and more of it', 'and still more of it'])\n"
        "ask(0); print(*nice(), model.encoder._open[exported.ANY].at_once)\n"
        "with ThreadPoolExecutor(8) as pool:\n"
        "    list(pool.map(ask, range(8)))\n"
        "print(*nice(), model.encoder._open[exported.ANY].at_once, os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True, timeout=120
    )
    own = os.getpriority(os.PRIO_PROCESS, 0)
    alone, crowded = (list(map(int, line.split())) for line in done.stdout.splitlines())
    assert alone == [own, 1]
    assert crowded == [own, own + cores.LOWER, cores.available(), own]


def test_an_export_that_was_changed_is_found(model: Model, models: Path, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    shutil.copytree(exported.folder_for(model.identity, models), folder)
    assert exported.damaged(folder) == []
    (folder / "tokenizer.json").write_bytes(b"{}")
    assert exported.damaged(folder) == ["tokenizer.json"]
    with pytest.raises(ModelError, match="delete the folder"):
        exported.load(folder)


def test_a_model_that_cannot_be_opened_says_what_to_do(model: Model, models: Path, tmp_path: Path) -> None:
    """Where only its tokenizer is whole, that is told when a text is to be encoded."""
    folder = tmp_path / "export"
    shutil.copytree(exported.folder_for(model.identity, models), folder, ignore=shutil.ignore_patterns(exported.COMPILED))
    (folder / exported.SHORT_ALONE).write_bytes(b"<net/>")
    opened = exported.load(folder)
    with pytest.raises(ModelError, match="delete the folder"):
        opened.encode_tokens(opened.read(["Do I need a degree?"]))


@pytest.mark.filterwarnings("ignore")
def test_an_export_that_does_not_agree_is_not_kept(reference: Model, tmp_path: Path) -> None:
    """Here the reference's own vectors are changed: they are those of the texts read backwards."""
    folder = tmp_path / "models" / "export"
    real: Any = reference.encoder
    skewed = copy.copy(real)
    skewed.encode = lambda texts, **_: real.encode([text[::-1] + "?" for text in texts], normalize_embeddings=True)
    with pytest.raises(ModelError, match="does not agree with its reference"):
        exporting.export(skewed, "skewed", folder, {})
    assert list(folder.parent.iterdir()) == []


@pytest.mark.filterwarnings("ignore")
def test_a_model_of_one_s_own_is_exported_when_it_first_serves(tmp_path: Path) -> None:
    """Any folder that sentence-transformers loads; here the model without all of its layers but the first. It is made once."""
    own = shutil.copytree(encoder.folder(EMBEDDED_MODEL), tmp_path / "own")
    config = json.loads((own / "config.json").read_text("utf-8"))
    (own / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 1}), "utf-8")
    model = encoder.serve(str(own), tmp_path / "models")
    theirs = encoder.load(str(own))
    assert (model.served_by, model.identity) == ("openvino", theirs.identity)
    texts = ["Do I need a degree?", "gift " * 300]
    assert (model.encode(texts) * theirs.encode(texts)).sum(axis=1).min() >= exporting.LEAST_COSINE
    folder = exported.folder_for(model.identity, tmp_path / "models")
    made = (folder / exported.MANIFEST).stat()
    assert encoder.serve(str(own), tmp_path / "models").served_by == "openvino"
    assert (folder / exported.MANIFEST).stat() == made


@pytest.mark.filterwarnings("ignore")
def test_a_model_whose_texts_cannot_stand_in_one_row_has_each_in_its_own(tmp_path: Path) -> None:
    """Here its vectors are not the means of their tokens': that is found when it is exported."""
    own = shutil.copytree(encoder.folder(EMBEDDED_MODEL), tmp_path / "own")
    (pooling,) = own.glob("*Pooling/config.json")
    pooling.write_text(json.dumps({"word_embedding_dimension": 384, "pooling_mode_cls_token": True}), "utf-8")
    model, theirs = encoder.serve(str(own), tmp_path / "models"), encoder.load(str(own))
    assert isinstance(model.encoder, exported.ExportedEncoder)
    assert not model.encoder.manifest.packs
    texts = ["Do I need a degree?", "no", "What does it cost?", "12-18 months, or 2 years?", "no"]
    together = model.encode_tokens(texts)
    assert together is not None
    assert (np.stack([found.vector for found in together]) * theirs.encode(texts)).sum(axis=1).min() >= exporting.LEAST_COSINE


def test_where_no_export_can_be_made_the_reference_serves_and_says_so(
    reference: Model, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A model that refused to be exported before is served by sentence-transformers, with a warning that says why."""
    folder = exported.folder_for(reference.identity, tmp_path)
    folder.with_suffix(".refused").write_text("the model cannot be exported: RuntimeError", "utf-8")
    with caplog.at_level(logging.WARNING):
        model = encoder.serve(EMBEDDED_MODEL, tmp_path)
    assert model.served_by == "sentence-transformers"
    assert "cannot be exported" in caplog.text
    assert model.encode(["it works"]).shape == (1, 384)


def test_what_was_compiled_is_kept_and_may_be_cut_short(model: Model, models: Path, tmp_path: Path) -> None:
    """What openvino makes of the model lies beside it; where a killed process has left half of it, it is made anew."""
    folder = shutil.copytree(exported.folder_for(model.identity, models), tmp_path / "export")
    first = exported.load(folder).encode(["Do I need a degree?"], batch_size=1, normalize_embeddings=True, show_progress_bar=False)
    for file in (folder / exported.COMPILED).iterdir():
        content = file.read_bytes()
        file.unlink()
        file.write_bytes(content[: len(content) // 3])
    again = exported.load(folder).encode(["Do I need a degree?"], batch_size=1, normalize_embeddings=True, show_progress_bar=False)
    assert (first * again).sum() >= exporting.LEAST_COSINE
