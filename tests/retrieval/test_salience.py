"""How much each word of a question matters."""

from __future__ import annotations

import numpy as np
import pytest

from retrieval.encoder import Model, Tokens
from retrieval.salience import salience


def test_a_word_weighs_what_the_vector_turns_without_it() -> None:
    """A word counts one minus the cosine of the question's vector to the one without the word, over all its places."""
    vectors = np.array([[0, 0, 1], [2, 0, 0], [0, 1, 0], [1, 0, 0], [0, 0, 1]], dtype=np.float32)
    whole, without_fern, without_in = np.array([3, 1, 2]), np.array([0, 1, 2]), np.array([3, 0, 2])
    expected = {
        "fern": 1 - 5 / (np.linalg.norm(whole) * np.linalg.norm(without_fern)),
        "in": 1 - 13 / (np.linalg.norm(whole) * np.linalg.norm(without_in)),
        "fer": 0.0,
        "pot": 0.0,
    }
    tokens = Tokens(vectors[0], [(0, 0), (0, 4), (5, 7), (8, 12), (0, 0)], vectors)
    found = salience("fern in fern", ["fern", "in", "fer", "pot"], tokens)
    assert expected == pytest.approx(found, abs=1e-6)


def test_without_token_vectors_all_words_count_the_same() -> None:
    """A model that tells nothing about single words gives each the same weight."""
    assert salience("fern in pot", ["fern", "pot"], None) == {"fern": 1.0, "pot": 1.0}


def test_the_subject_of_a_question_matters_more_than_its_frame(model: Model) -> None:
    """In a question about plumbers in Berlin the plumbers matter more than that somebody gets something."""
    text = "what salary does a plumber get in berlin"
    tokens = model.encode_tokens([text])
    assert tokens is not None
    found = salience(text, ["salary", "plumber", "get", "berlin"], tokens[0])
    assert min(found, key=lambda word: found[word]) == "get"


def test_one_pass_gives_the_vector_that_encoding_gives(model: Model) -> None:
    """The vector that comes with the tokens is the vector of the text, and their spans are its pieces."""
    text = "what salary does a plumber get"
    encoded = model.encode_tokens([text])
    assert encoded is not None
    tokens = encoded[0]
    assert [float(x) for x in model.encode([text])[0]] == pytest.approx([float(x) for x in tokens.vector], abs=1e-5)
    assert [text[a:b] for a, b in tokens.spans if b > a] == ["what", "salary", "does", "a", "plum", "ber", "get"]
