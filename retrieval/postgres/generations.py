"""Index generations in PostgreSQL: filled beside, judged, published in one transaction, kept for a rollback.

Every replica looks at the pointer again and again, and so serves what was published; an answer that is being
made goes on with the tables that it began with, which nothing changes and which are kept for as long as KEPT publications.
An index is built in a folder of the machine that reindexes and copied from there; the copy is what is judged and what serves.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from psycopg import sql

from retrieval.errors import IndexBusy, IndexNotWritten, IndexUnusable
from retrieval.generations import GenerationStore
from retrieval.ports import Generation, Manifest, Overview
from retrieval.postgres import download, layout, opening, schema
from retrieval.postgres.connections import Connection, Connections
from retrieval.postgres.upload import upload
from retrieval.sealing import FORMAT, contents, digest_of
from retrieval.terms import Terms
from retrieval.writing import write_lexical, write_lists

_ALONE = 0x66_69_6E_67_65_62  # the number of the advisory lock of whoever builds or publishes
_BUILT = ".built-"
Progress = Callable[[str, int, int], None]


class PostgresStore:
    """The generations in the database at `address`. One process of all machines builds at a time; any number read."""

    def __init__(self, address: str, folder: Path, progress: Progress = lambda *_: None) -> None:
        """`folder` is where this machine builds, and keeps what it built last so that the next build reads it there."""
        self._connections = Connections(address)
        self._folder = GenerationStore(folder)
        self._progress = progress
        self._alone: Connection | None = None
        self.place = self._connections.name

    @property
    def journal(self) -> Path:
        """Where a build keeps the vectors that it makes until it is published."""
        return self._folder.journal

    def close(self) -> None:
        """Disconnect."""
        self._connections.close()

    def names(self) -> list[str]:
        """The generations that are there, oldest first."""
        return [name for (name,) in self._catalogue("select name from fingerpost.generations where state = 'kept' order by name")]

    def current(self) -> str | None:
        """The name of the generation that serves, or None. Raises IndexUnreachable."""
        rows = self._catalogue("select name from fingerpost.serving")
        return str(rows[0][0]) if rows else None

    def open(self, name: str) -> Generation:
        """One generation that is kept. Raises IndexUnusable, IndexUnreachable."""
        tables, manifest, facts = self._row(name, "kept")
        return opening.opened_generation(self._connections, schema.of_generation(tables), manifest, facts)

    def verify(self, name: str) -> None:
        """Whether a generation can be opened; the database minds its own pages. Raises IndexUnusable."""
        self.open(name)

    def manifest(self, name: str) -> Manifest:
        """The manifest of one generation. Raises IndexUnusable."""
        return self._row(name, "kept")[1]

    def nearby(self, generation: Generation) -> Generation:
        """The same generation where the next build reads it: in the folder, where this machine has built it, else in the database."""
        name = generation.manifest.name
        try:
            return self._folder.open_folder(self._folder.folder / f"{_BUILT}{name}", name)
        except IndexUnusable:
            return generation

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """A while in which no other process builds or publishes. Raises IndexBusy, IndexNotWritten, IndexUnreachable.

        The lock lives in the connection that publishes as well: who has lost it publishes nothing.
        """
        with self._connections.writing() as connection:
            schema.make(connection, self.place)
            row = connection.execute("select pg_try_advisory_lock(%s)", [_ALONE]).fetchone()
            if row is None or not row[0]:
                raise IndexBusy("another process is building an index; wait until it is done")
            self._alone = connection
            try:
                yield
            finally:
                self._alone = None

    @contextlib.contextmanager
    def building(self) -> Iterator[Path]:
        """An empty folder to build in, while no other process does. Raises IndexBusy, IndexNotWritten, IndexUnreachable."""
        with self.alone(), self._folder.building() as folder:
            self._drop("state = 'building'")
            yield folder
            self._drop("state = 'building'")  # what was only looked at; what an error leaves goes before the next build

    def repeat(self, name: str, folder: Path) -> bool:
        """Put the files of a generation into an empty folder; False where this machine has not built it last."""
        return self._folder.repeat(f"{_BUILT}{name}", folder)

    def seal(self, folder: Path, manifest: Manifest, *, sync: bool = True, known: Mapping[str, str] | None = None) -> Manifest:
        """Write the manifest with a checksum of each file; files whose checksums are `known` are not read."""
        return self._folder.seal(folder, manifest, sync=sync, known=known)

    def open_folder(self, folder: Path, name: str) -> Generation:
        """Copy a sealed folder into the database, where it does not serve yet, and open it there.

        Where the generation that serves has the same contents, its tables are shared and nothing is copied.
        """
        manifest = self._folder.open_folder(folder, name).manifest
        connection, serving = self._writer(), self._serving()
        if serving is not None and contents(serving[1]) == contents(manifest):
            tables, _, facts = serving
            self._reserve(connection, manifest, tables)
        else:
            tables = self._reserve(connection, manifest, None)
            fits = serving is not None and (serving[1].model, serving[1].dimension) == (manifest.model, manifest.dimension)
            before = schema.of_generation(serving[0]) if serving is not None and fits else None
            facts = upload(connection, schema.of_generation(tables), folder, manifest, before, self._progress)
        connection.execute("update fingerpost.generations set facts = %s where name = %s", [msgspec.json.encode(facts), name])
        return opening.opened_generation(self._connections, schema.of_generation(tables), manifest, facts)

    def adopt(self, folder: Path, name: str) -> None:
        """Take what was copied among the generations; it does not serve yet. The folder is kept for the next build."""
        self._settle(folder, name, "kept")
        for old in self._folder.folder.glob(f"{_BUILT}*"):
            shutil.rmtree(old, ignore_errors=True)
        folder.replace(self._folder.folder / f"{_BUILT}{name}")

    def contents(self, name: str) -> dict[str, str]:
        """The SHA-256 of each file of a generation that is not made of the others."""
        return contents(self.manifest(name))

    def folder_of(self, name: str, scratch: Path) -> Path:
        """Write a generation into `scratch`, sealed. Raises IndexUnusable where it is not what its checksums say."""
        tables, manifest, _ = self._row(name, "kept")
        self._read_back(tables, manifest, scratch)
        overview = msgspec.json.decode((scratch / "overview.json").read_bytes(), type=Overview)
        written = download.written(self._connections, schema.of_generation(tables))
        write_lexical(scratch, Terms(overview.terms.values()), written)
        search = write_lists(scratch, manifest.dimension)
        self._folder.seal(scratch, msgspec.structs.replace(manifest, search=search))
        return scratch

    def take_in(self, folder: Path, name: str) -> None:
        """Copy a sealed folder among the generations, read it back, and hold it against its checksums; it does not serve yet."""
        manifest = self._folder.sealed(folder, name)
        with self.building() as scratch:
            self._drop("state = 'kept' and name = %s", name)
            self.open_folder(folder, name)
            rows = self._writer().execute("select tables from fingerpost.generations where name = %s", [name]).fetchall()
            self._read_back(int(rows[0][0]), manifest, scratch / "read back")
            self._settle(folder, name, "kept")

    def _read_back(self, tables: int, manifest: Manifest, folder: Path) -> None:
        """Write what was copied into an empty folder, and hold it against its checksums."""
        folder.mkdir()
        download.download(self._connections, schema.of_generation(tables), manifest, folder)
        for name, digest in contents(manifest).items():
            if not (folder / name).is_file() or digest_of(folder / name) != digest:
                raise IndexUnusable(f"the index {manifest.name} in {self.place} is damaged: {name} has a wrong checksum")

    def set_aside(self, folder: Path, name: str) -> None:
        """Keep what was copied and may be adopted later, in place of any that was set aside before."""
        self.drop_aside()
        self._settle(folder, name, "aside")

    def aside(self) -> str | None:
        """The name of what was set aside, or None."""
        rows = self._catalogue("select name from fingerpost.generations where state = 'aside'")
        return str(rows[0][0]) if rows else None

    def adopt_aside(self, name: str) -> None:
        """Take what was set aside among the generations. Raises IndexUnusable where it is gone."""
        self._row(name, "aside")
        self._writer().execute("update fingerpost.generations set state = 'kept' where name = %s and state = 'aside'", [name])

    def drop_aside(self) -> None:
        """Delete what was set aside."""
        self._drop("state = 'aside'")

    def publish(self, name: str) -> None:
        """Let `name` serve from now on, by one transaction, for all replicas at their next question."""
        self._writer().execute(
            "insert into fingerpost.serving (name) select name from fingerpost.generations where name = %s and state = 'kept' "
            "on conflict (one) do update set name = excluded.name, since = now()", [name],
        )  # fmt: skip

    def discard(self, name: str) -> None:
        """Delete a generation that does not serve."""
        self._drop("state = 'kept' and name = %s and name not in (select name from fingerpost.serving)", name)

    def _writer(self) -> Connection:
        if self._alone is None:
            raise IndexNotWritten(self.place, "nobody has asked to be alone")
        return self._alone

    def _catalogue(self, statement: str, given: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """Rows of the catalogue; none where there is no catalogue yet."""

        def look(connection: Connection) -> list[tuple[Any, ...]]:
            try:
                return connection.execute(statement, given, binary=True).fetchall()
            except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
                return []

        return self._connections.read(look)

    def _row(self, name: str, state: str) -> tuple[int, Manifest, opening.Facts]:
        statement = "select tables, manifest, facts from fingerpost.generations where name = %s and state = %s"
        rows = self._catalogue(statement, [name, state])
        if not rows:
            raise IndexUnusable(f"the index {name} is not there")
        tables, manifest, facts = rows[0]
        try:
            found = msgspec.json.decode(manifest, type=Manifest), msgspec.json.decode(facts, type=opening.Facts)
        except msgspec.MsgspecError as error:
            raise IndexUnusable(f"the index {name} has no readable manifest") from error
        if (found[0].format, found[1].format) != (FORMAT, layout.FORMAT):
            raise IndexUnusable(
                f"the index {name} has format {found[0].format}.{found[1].format}, this program reads {FORMAT}.{layout.FORMAT}"
            )
        return int(tables), *found

    def _reserve(self, connection: Connection, manifest: Manifest, tables: int | None) -> int:
        """A row for a new generation, with the tables of another one or its own; the number of those."""
        row = connection.execute(
            "insert into fingerpost.generations (name, state, manifest, facts, tables) values (%s, 'building', %s, '', 0) returning number",
            [manifest.name, msgspec.json.encode(manifest)],
        ).fetchone()
        assert row is not None
        own = int(row[0])
        connection.execute("update fingerpost.generations set tables = %s where number = %s", [tables or own, own])
        return tables or own

    def _serving(self) -> tuple[int, Manifest, opening.Facts] | None:
        """The tables, the manifest and the facts of the generation that serves; None where there is none that this program reads."""
        try:
            return self._row(self.current() or "", "kept")
        except IndexUnusable:
            return None

    def _settle(self, folder: Path, name: str, state: str) -> None:
        raw = msgspec.json.encode(self._folder.sealed(folder, name))
        statement = "update fingerpost.generations set state = %s, manifest = %s where name = %s and state = 'building'"
        self._writer().execute(statement, [state, raw, name])

    def _drop(self, which: str, *given: str) -> None:
        """Delete generations, each in a transaction; one that is being read for long is left for the next time."""
        connection = self._writer()
        rows = connection.execute(f"select number, tables from fingerpost.generations where {which}", given or None).fetchall()  # noqa: S608 - ours
        for number, tables in rows:
            with contextlib.suppress(psycopg.errors.LockNotAvailable), connection.transaction():
                connection.execute("set local lock_timeout = '5s'")
                connection.execute("delete from fingerpost.generations where number = %s", [number])
                if connection.execute("select from fingerpost.generations where tables = %s limit 1", [tables]).fetchone() is None:
                    dropped = sql.Identifier(schema.of_generation(int(tables)))
                    connection.execute(sql.SQL("drop schema if exists {} cascade").format(dropped))
