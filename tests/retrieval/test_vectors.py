"""Nearest neighbours among unit vectors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.encoder import Vectors
from retrieval.errors import IndexUnusable
from retrieval.ports import Recall
from retrieval.vectors import EXACT, FEW, VectorIndex, lay_out


def unit(seed: int, count: int, dimension: int) -> Vectors:
    """Random unit vectors. Shape: (count, dimension)."""
    vectors = np.random.default_rng(seed).normal(size=(count, dimension))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


@settings(deadline=None)  # the first search takes long
@given(st.integers(0, 10_000), st.integers(1, 200), st.integers(2, 48), st.integers(1, 250))
def test_search_finds_what_comparing_with_every_vector_finds(seed: int, count: int, dimension: int, k: int) -> None:
    """The nearest vectors and their cosines are those of a comparison with every vector, nearest first."""
    vectors, query = unit(seed, count, dimension), unit(seed + 1, 1, dimension)[0]
    ids, similarities = VectorIndex(vectors).search(query, k)
    cosines = vectors.astype(np.float64) @ query
    nearest = np.argsort(-cosines)[:k]
    assert similarities == pytest.approx(cosines[nearest], abs=1e-6)
    assert cosines[ids] == pytest.approx(cosines[nearest], abs=1e-6)
    assert len(set(ids.tolist())) == min(k, count)


@pytest.mark.parametrize("count", [FEW - 1, FEW, FEW + 1])
def test_the_same_is_found_with_and_without_faiss(count: int) -> None:
    """Around the number from which faiss compares, each of the ten nearest is found, with its cosine."""
    vectors, query = unit(5, count, 16), unit(6, 1, 16)[0]
    ids, similarities = VectorIndex(vectors).search(query, 10)
    cosines = vectors.astype(np.float64) @ query
    assert np.argsort(-cosines)[:10].tolist() == ids.tolist()
    assert similarities == pytest.approx(cosines[ids], abs=1e-6)


@pytest.mark.parametrize("count", [9, 600])
def test_few_vectors_need_no_faiss(tmp_path: Path, count: int) -> None:
    """A process that opens and searches a small index never imports it."""
    VectorIndex(unit(2, count, 6)).save(tmp_path / "v.f32")
    lay_out(tmp_path / "v.f32", 6)
    assert (tmp_path / "v.i8").exists() == (count > EXACT)
    opening = f"import numpy, pathlib, sys; from retrieval.vectors import VectorIndex; path = pathlib.Path({str(tmp_path / 'v.f32')!r})"
    code = f"{opening}; print(len(VectorIndex.open(path, 6).search(numpy.ones(6, 'f4'), 2)[0]), 'faiss' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["2", "False"]


def test_ids_are_positions() -> None:
    """A vector is found under the position that it was given at, and the same vector has the cosine 1."""
    ids, similarities = VectorIndex(np.eye(4, dtype=np.float32)).search(np.array([0, 0.6, 0, 0.8], dtype=np.float32), 4)
    assert ids[:2].tolist() == [3, 1]
    assert similarities.tolist() == pytest.approx([0.8, 0.6, 0, 0])


def test_an_index_opens_as_it_was_saved(tmp_path: Path) -> None:
    """An index that was written and opened again holds the same vectors, bit for bit."""
    vectors = unit(1, 7, 5)
    VectorIndex(vectors).save(tmp_path / "v.f32")
    opened = VectorIndex.open(tmp_path / "v.f32", 5)
    assert (len(opened), opened.dimension) == (7, 5)
    assert vectors.tobytes() == opened.vectors().tobytes()
    assert vectors[[6, 0, 6]].tobytes() == opened.vectors([6, 0, 6]).tobytes()


def test_similarities_are_those_of_the_vectors(tmp_path: Path) -> None:
    """The cosines of some vectors come in the order in which those are named."""
    vectors, query = unit(2, 9, 6), unit(3, 1, 6)[0]
    VectorIndex(vectors).save(tmp_path / "v.f32")
    found = VectorIndex.open(tmp_path / "v.f32", 6).similarities([8, 0, 3], query)
    assert found == pytest.approx((vectors[[8, 0, 3]] @ query).tolist(), abs=1e-6)


def test_an_index_may_be_empty(tmp_path: Path) -> None:
    """Where there are no vectors, none are found."""
    (tmp_path / "v.f32").write_bytes(b"")
    opened = VectorIndex.open(tmp_path / "v.f32", 6)
    assert (len(opened), opened.dimension, [len(part) for part in opened.search(unit(3, 1, 6)[0], 5)]) == (0, 6, [0, 0])


@pytest.mark.parametrize("content", [None, b"x", b"x" * 25])
def test_a_file_that_is_no_index_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """A file that is missing or torn is refused with its name and what to do."""
    if content is not None:
        (tmp_path / "v.f32").write_bytes(content)
    with pytest.raises(IndexUnusable, match=r"v\.f32 cannot be read .*; run `fingerpost reindex`"):
        VectorIndex.open(tmp_path / "v.f32", 6)


def grouped(count: int, dimension: int) -> Vectors:
    """Unit vectors that lie around some fifty middles, as those of texts lie around subjects. Shape: (count, dimension)."""
    chance = np.random.default_rng(7)
    vectors = chance.normal(size=(50, dimension))[chance.integers(0, 50, count)] + 0.6 * chance.normal(size=(count, dimension))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def test_of_many_vectors_those_in_the_nearest_lists_are_compared(tmp_path: Path) -> None:
    """Above a number lists are laid out; what they find are the true nearest, as often as is said, with their true cosines."""
    vectors = grouped(4_000, 24)
    VectorIndex(vectors).save(tmp_path / "v.f32")
    found = lay_out(tmp_path / "v.f32", 24, exact=500, coded=1_000)
    assert (found.kind, found.setting > 0, found.recall >= 0.98) == ("ivf sq8", True, True)
    opened, shares = VectorIndex.open(tmp_path / "v.f32", 24), []
    for query in grouped(4_100, 24)[4_000:]:
        ids, cosines = opened.search(query, 10)
        true = vectors @ query
        assert cosines == pytest.approx(true[ids], abs=1e-6)
        assert cosines.tolist() == sorted(cosines.tolist(), reverse=True)
        shares.append(len(set(ids.tolist()) & set(np.argsort(-true)[:10].tolist())) / 10)
    assert np.mean(shares) >= 0.95
    assert opened.search(vectors[5], 4_000)[0].tolist()[0] == 5  # all are asked for, and compared
    assert vectors[[3, 1]].tobytes() == opened.vectors([3, 1]).tobytes()


@pytest.mark.parametrize(("few", "kind"), [(4_000, "i8"), (3_999, "sq8")])
def test_of_a_middling_number_the_codes_of_all_are_compared(tmp_path: Path, few: int, kind: str) -> None:
    """Between both numbers all are looked at by codes of a byte a number; what is found is what comparing with every vector finds."""
    vectors = grouped(4_000, 24)
    VectorIndex(vectors).save(tmp_path / "v.f32")
    found = lay_out(tmp_path / "v.f32", 24, exact=500, few=few)
    assert (found.kind, found.setting, found.recall >= 0.999) == (kind, 0, True)
    opened, exact = VectorIndex.open(tmp_path / "v.f32", 24), VectorIndex(vectors)
    assert opened.codes is not None
    assert opened.lists is None
    for query in grouped(4_100, 24)[4_000:]:
        (ids, cosines), (true, _) = opened.search(query, 100), exact.search(query, 100)
        assert cosines == pytest.approx((vectors @ query)[ids], abs=1e-6)
        assert len(set(ids.tolist()) & set(true.tolist())) >= 99
        assert ids[:10].tolist() == true[:10].tolist()


@pytest.mark.parametrize("k", [1, 45, 59, 60, 90])
@pytest.mark.parametrize("few", [2, 60])
def test_of_codes_no_more_are_found_than_there_are(tmp_path: Path, few: int, k: int) -> None:
    """Where nearly all vectors are wanted, more candidates than there are bring none twice and none that is not there."""
    vectors, query = unit(7, 60, 16), unit(8, 1, 16)[0]
    VectorIndex(vectors).save(tmp_path / "v.f32")
    lay_out(tmp_path / "v.f32", 16, exact=1, few=few)
    opened = VectorIndex.open(tmp_path / "v.f32", 16)
    assert opened.codes is not None
    ids, similarities = opened.search(query, k)
    assert sorted(ids.tolist()) == sorted(np.argsort(-(vectors @ query))[:k].tolist())
    assert similarities == pytest.approx((vectors[ids] @ query).tolist(), abs=1e-6)


def test_where_lists_find_too_little_all_are_compared(tmp_path: Path) -> None:
    """Vectors without any groups are compared one by one, whatever their number, and no lists are left on the disk."""
    VectorIndex(unit(4, 3_000, 64)).save(tmp_path / "v.f32")
    assert lay_out(tmp_path / "v.f32", 64, exact=500, coded=1_000, least=0.99).kind == "sq8"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["v.f32", "v.sq8"]
    VectorIndex(unit(4, 3_000, 64)).save(tmp_path / "w.f32")
    assert lay_out(tmp_path / "w.f32", 64, exact=500, coded=1_000, least=1.1) == Recall("exact", 0, 1.0)
    assert lay_out(tmp_path / "w.f32", 64, exact=500, few=3_000, least=1.1) == Recall("exact", 0, 1.0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["v.f32", "v.sq8", "w.f32"]


def test_few_vectors_get_no_codes(tmp_path: Path) -> None:
    """Up to the number that is compared in no time there are none."""
    VectorIndex(grouped(1_000, 24)).save(tmp_path / "v.f32")
    assert lay_out(tmp_path / "v.f32", 24, exact=1_000) == Recall("exact", 0, 1.0)
    assert [path.name for path in tmp_path.iterdir()] == ["v.f32"]


@pytest.mark.parametrize("content", [b"", b"IxFI", b"\x80\x04pickled"])
def test_lists_that_are_none_are_refused(tmp_path: Path, content: bytes) -> None:
    """Lists that are torn or of another kind are refused with their name and what to do."""
    VectorIndex(unit(2, 9, 6)).save(tmp_path / "v.f32")
    (tmp_path / "v.ivf").write_bytes(content)
    with pytest.raises(IndexUnusable, match=r"v\.ivf cannot be read as a vector index; run `fingerpost reindex`"):
        VectorIndex.open(tmp_path / "v.f32", 6)


@pytest.mark.parametrize(("few", "coded", "kind"), [(500, 1_000, "ivf"), (500, 2_000, "sq8"), (2_000, 2_000, "i8")])
def test_lists_or_codes_of_other_vectors_are_refused(tmp_path: Path, few: int, coded: int, kind: str) -> None:
    """What lies beside a file of vectors that it was not made of is refused."""
    VectorIndex(grouped(2_000, 24)).save(tmp_path / "v.f32")
    lay_out(tmp_path / "v.f32", 24, exact=500, few=few, coded=coded)
    VectorIndex(grouped(1_999, 24)).save(tmp_path / "v.f32")
    with pytest.raises(IndexUnusable, match=rf"v\.{kind} cannot be read: it is not of v\.f32"):
        VectorIndex.open(tmp_path / "v.f32", 24)


def test_the_middles_of_the_lists_before_are_taken_over(tmp_path: Path) -> None:
    """Where most vectors are the same, the lists are laid out around the same middles, and find as much of the true nearest."""
    vectors = grouped(4_000, 24)
    VectorIndex(vectors).save(tmp_path / "v.f32")
    first = lay_out(tmp_path / "v.f32", 24, exact=500, coded=1_000)
    before = VectorIndex.open(tmp_path / "v.f32", 24)
    (tmp_path / "now").mkdir()
    now = np.concatenate([grouped(4_100, 24)[4_050:], vectors[:3_900]])
    VectorIndex(now).save(tmp_path / "now" / "v.f32")
    found = lay_out(tmp_path / "now" / "v.f32", 24, exact=500, coded=1_000, before=before)
    assert (found.kind, found.setting, found.recall >= 0.98) == (first.kind, first.setting, True)
    opened = VectorIndex.open(tmp_path / "now" / "v.f32", 24)
    assert before.lists is not None
    assert opened.lists is not None
    assert opened.lists.quantizer.reconstruct_n(0, 9).tobytes() == before.lists.quantizer.reconstruct_n(0, 9).tobytes()
    shares = [len({*opened.search(q, 10)[0].tolist()} & {*np.argsort(-(now @ q))[:10].tolist()}) / 10 for q in now[::50]]
    assert np.mean(shares) >= 0.97
