"""What is known of a generation beside its manifest, and the generation, opened by it: two statements, however large it is."""

from __future__ import annotations

import msgspec

from retrieval.errors import IndexUnusable
from retrieval.ports import Generation, Manifest, Overview, Recall
from retrieval.postgres import layout, opened
from retrieval.postgres.connections import Connections
from retrieval.postgres.lexical import PostgresLexical
from retrieval.postgres.vectors import PostgresVectors
from retrieval.postgres.vocabulary import PostgresVocabulary


class Facts(msgspec.Struct, frozen=True):
    """How the tables of a generation are made.

    `search` is how vectors of passages are found, `vectors` how many each part has, `fields` how many documents each field has,
    their length in stems, and how many different ones.
    """

    search: Recall
    vectors: dict[str, int]
    fields: dict[str, tuple[int, int, int]]
    format: int = layout.FORMAT


def opened_generation(connections: Connections, schema: str, manifest: Manifest, facts: Facts) -> Generation:
    """The generation in a schema. Raises IndexUnusable, IndexUnreachable."""
    try:
        overview = msgspec.json.decode(opened.part(connections, schema, "overview.json"), type=Overview)
    except (msgspec.MsgspecError, IndexError) as error:
        raise IndexUnusable(f"the index {manifest.name} cannot be read: {error}; run `fingerpost reindex`") from error

    def vectors(name: str, search: Recall = Recall()) -> PostgresVectors:  # noqa: B008 - frozen
        return PostgresVectors(connections, layout.vectors(schema, name), facts.vectors[name], manifest.dimension, search)

    def field(name: str) -> PostgresLexical:
        return PostgresLexical(connections, schema, name, *facts.fields[name])

    passages = opened.PostgresPassages(connections, schema, manifest.passages)
    return Generation(
        msgspec.structs.replace(manifest, search=facts.search), overview,
        opened.PostgresGuides(connections, schema, manifest.guides), passages, vectors("passages", facts.search),
        opened.PostgresHeadings(connections, schema), field("lexical"),
        PostgresVocabulary(connections, schema, passages, facts.vectors["words"], manifest.dimension),
        opened.PostgresQuestions(connections, schema, vectors("questions")),
        opened.PostgresKnown(connections, schema, manifest.dimension), field("rows"), field("named"),
        opened.PostgresSources(connections, schema),
    )  # fmt: skip
