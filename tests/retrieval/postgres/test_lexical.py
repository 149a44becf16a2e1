"""BM25 in PostgreSQL is the BM25 of the embedded engine, to its rounding of lengths."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.lexical import LexicalIndex
from retrieval.postgres import layout
from retrieval.postgres.connections import Connections
from retrieval.postgres.lexical import PostgresLexical
from retrieval.postgres.postings import Postings

NUMBERS = itertools.count(1)
Documents = Sequence[tuple[int, Sequence[str]]]


def stored(connections: Connections, documents: Documents, block: int = 20_000) -> PostgresLexical:
    """The documents in tables of their own."""
    schema = f"lexical_{next(NUMBERS)}"
    with connections.writing() as connection:
        layout.create(connection, schema, 1)
        postings = Postings(connection, schema, block)
        postings.add("other", [(7, ["fern"])])
        postings.add("lexical", documents)
        fields = postings.finish()
        layout.index(connection, schema)
    return PostgresLexical(connections, schema, "lexical", *fields["lexical"])


def numbered(documents: Iterable[Sequence[str]]) -> Documents:
    """Documents at the positions that are their ids."""
    return list(enumerate(documents))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    documents=st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=30).map(lambda d: d * 4), min_size=1, max_size=12),
    query=st.sets(st.sampled_from("abcxyz"), min_size=1), k=st.integers(1, 8), block=st.integers(1, 5),
)  # fmt: skip
def test_the_same_documents_are_found_with_the_same_scores(
    connections: Connections, documents: list[list[str]], query: set[str], k: int, block: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """For any documents, of any length and in any number of blocks: ids in order, scores, counts and what is ideal."""
    embedded = LexicalIndex.build(documents, tmp_path_factory.mktemp("lexical"))
    lexical = stored(connections, numbered(documents), block)
    stems = sorted(query)
    found, expected = lexical.search(stems, k), embedded.search(stems, k)
    assert [score for _, score in found] == pytest.approx([score for _, score in expected], rel=1e-5)
    everything = dict(embedded.search(stems, 100))
    assert dict(found) == pytest.approx({number: everything[number] for number, _ in found}, rel=1e-5)
    assert found == sorted(found, key=lambda hit: (-hit[1], hit[0]))
    assert (len(lexical), lexical.counts(stems)) == (len(embedded), embedded.counts(stems))
    assert lexical.ideal(stems) == pytest.approx(embedded.ideal(stems))


def test_documents_may_bring_their_ids(connections: Connections) -> None:
    """A field of few documents among many, such as the rows of tables; another field's words are not found."""
    lexical = stored(connections, [(3, ["water"]), (900_000, ["water", "light"]), (900_001, ["light", "sand"])])
    assert [number for number, _ in lexical.search(["water", "light"], 10)] == [900_000, 3, 900_001]
    assert lexical.search(["fern"], 10) == lexical.search([], 10) == []
    assert lexical.counts(["fern", "light"]) == {"fern": 0, "light": 2}


def test_a_field_may_be_empty(connections: Connections) -> None:
    """As the rows of tables are where there is no table."""
    lexical = stored(connections, [])
    assert (len(lexical), lexical.search(["water"], 10), lexical.ideal(["water"])) == (0, [], 0)
