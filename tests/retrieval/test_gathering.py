"""Texts that arrive together are encoded together, and nobody gets another's result."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from retrieval.encoder import Model
from retrieval.gathering import MOST, Gathered


def test_what_arrives_during_a_batch_makes_the_next() -> None:
    """While the first is encoded the others gather, and are encoded at once; each gets its own."""
    sizes: list[int] = []
    first, go_on = threading.Event(), threading.Event()

    def encode(texts: Sequence[str]) -> list[str]:
        sizes.append(len(texts))
        first.set()
        assert go_on.wait(30)
        return [text.upper() for text in texts]

    gathered = Gathered(encode)
    with ThreadPoolExecutor(MOST) as pool:
        results = [pool.submit(gathered, ["a"])]
        assert first.wait(30)
        results += [pool.submit(gathered, [f"b{n}"]) for n in range(MOST - 1)]
        while gathered.waiting < MOST - 1:
            time.sleep(0.001)
        go_on.set()
        assert [result.result(30) for result in results] == [["A"], *([f"B{n}"] for n in range(MOST - 1))]
    assert sizes == [1, MOST - 1]


def test_as_many_batches_run_at_once_as_there_are_passes() -> None:
    """Each of two waits within its pass until the other is there too, and both passes are free again after."""
    both = threading.Barrier(2, timeout=30)
    sizes: list[int] = []

    def encode(texts: Sequence[str]) -> list[str]:
        sizes.append(len(texts))
        if texts[0] != "c":
            both.wait()
        return list(texts)

    gathered = Gathered(encode, 2)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(gathered, (["a"], ["b"]))) == [["a"], ["b"]]
    assert (gathered(["c"]), sizes) == (["c"], [1, 1, 1])


def test_texts_that_come_together_stay_together() -> None:
    """A batch takes no caller's texts in part, and more than its most only where one caller alone brings them."""
    batches: list[Sequence[str]] = []
    first, go_on = threading.Event(), threading.Event()

    def encode(texts: Sequence[str]) -> list[str]:
        batches.append(texts)
        first.set()
        assert go_on.wait(30)
        return [text.upper() for text in texts]

    gathered = Gathered(encode)
    groups = [["a"], ["b", "c"], [f"d{n}" for n in range(MOST - 1)], [f"e{n}" for n in range(MOST + 1)], ["f"]]
    with ThreadPoolExecutor(len(groups)) as pool:
        results = []
        for number, group in enumerate(groups):
            results.append(pool.submit(gathered, group))
            assert first.wait(30)
            while gathered.waiting < number:
                time.sleep(0.001)
        go_on.set()
        assert [result.result(30) for result in results] == [[text.upper() for text in group] for group in groups]
    assert batches == groups


def test_an_error_reaches_all_who_wait_and_nobody_after() -> None:
    """A batch that fails is an error for its own texts only."""

    def encode(texts: Sequence[str]) -> list[str]:
        if "bad" in texts:
            raise ValueError("bad")
        return list(texts)

    gathered = Gathered(encode)
    with pytest.raises(ValueError, match="bad"):
        gathered(["bad"])
    assert gathered(["good"]) == ["good"]


def test_many_threads_get_the_vectors_of_their_own_texts(model: Model) -> None:
    """A text's vector beside those of 63 others is that which it has alone."""
    texts = [f"What does question {n} ask about " + "paths " * (n % 7) for n in range(64)]
    with ThreadPoolExecutor(64) as pool:
        together = list(pool.map(lambda text: model.encode_tokens([text, text.upper()]), texts))
    for text, found in zip(texts, together, strict=True):
        assert found is not None
        for given, tokens in zip((text, text.upper()), found, strict=True):
            assert float(tokens.vector @ model.encode([given])[0]) >= 0.999
            assert len(tokens.spans) == len(tokens.vectors)
