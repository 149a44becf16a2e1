"""Ten files of each format that no guide can be made of: each gives a clear error, and nothing is written."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import random
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.wiring import Bot
from retrieval.errors import ImportRefused
from retrieval.importing import files, proposal, sandbox
from retrieval.importing.draft import Draft
from tests.conftest import GUIDE, quiet
from tests.retrieval.importing import pages

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PDF = pages.portable([[("A page of text that is long enough to be read", 11)]])
WORD = pages.word()
NOISE = random.Random(7).randbytes(5_000)  # noqa: S311 - no secret
LARGE = 2_000_000  # bytes that the tests allow, so that a file beyond it is made quickly
TEXT = "A sentence that is long enough to be one. " * 10


def _word_with(entry: str, content: bytes) -> bytes:
    """A Word document with one entry replaced or added."""
    entries = {entry: content}
    with zipfile.ZipFile(io.BytesIO(WORD)) as archive:
        entries = {**{name: archive.read(name) for name in archive.namelist()}, **entries}
    return pages.archive(entries)


def _bomb() -> bytes:
    """A fifth of a GB of nothing, packed."""
    packer = zlib.compressobj(9)
    return b"".join([*(packer.compress(b" " * 10_000_000) for _ in range(20)), packer.flush()])


def _locked(document: bytes) -> bytes:
    """The archive with the mark of encryption on its entries."""
    marked = bytearray(document)
    for at in range(len(marked) - 4):
        if marked[at : at + 4] == b"PK\x01\x02":
            marked[at + 8] |= 1
    return bytes(marked)


_ENTITIES = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha">' + b"".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(10)) + (
    b']><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&k;</w:t></w:r></w:p>'
    b"</w:body></w:document>")  # fmt: skip
_NO_TEXT = b'<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body/></w:document>'
_PAGES_OF_TEXT = "\f".join([TEXT] * 10_000).encode()[:LARGE]

BAD: dict[str, dict[str, bytes]] = {
    ".md": {
        "empty": b" \n", "NUL bytes": b"# A\n\nText\0with.", "picture": PNG, "noise": NOISE, "too large": TEXT.encode() * 6_000,
        "deep quotes": b">" * 4_000 + b" deep", "deep lists": b"\n".join(b" " * 2 * n + b"- a" for n in range(400)),
        "damaged head": b"---\ntitle: [A\n---\n\nText.", "torn table": b"# A\n\n| a | b |\n| 1 | 2 |\n",
        "unknown reference": b"# A\n\nA sentence.[^1]\n", "wrong encoding": "Text für alle.".encode("utf-16")[2:],
    },
    ".txt": {
        "empty": b"", "NUL bytes": b"Text\0with.", "picture": PNG, "noise": NOISE, "too large": TEXT.encode() * 6_000,
        "10,000 pages": _PAGES_OF_TEXT, "wrong encoding": "Text für alle.".encode("utf-16")[2:], "archive": WORD,
        "compressed": gzip.compress(TEXT.encode()), "control characters": b"\x01\x02\x03\x04 a", "deep quotes": b"> " * 4_000,
        "web page": pages.HTML.encode(), "only a menu": b"Home\nShop\nBlog\n" * 50,
    },
    ".html": {
        "empty": b"", "NUL bytes": b"<p>Text\0with.</p>", "picture": PNG, "noise": NOISE, "too large": b"<p>" + TEXT.encode() * 6_000,
        "no HTML": b"Just a sentence.", "only a menu": b"<html><body><nav><a href='/'>Home</a></nav></body></html>",
        "deep nesting": b"<div>" * 20_000 + b"<p>" + TEXT.encode(), "only a script": b"<html><script>load()</script></html>",
        "truncated": b"<html><head><title>A", "wrong encoding": pages.HTML.encode("utf-16")[2:],
        "10,000 pages": pages.HTML.encode()[:150] * 10_000, "entities": b"<!DOCTYPE html [<!ENTITY a 'x'>]>" + pages.HTML.encode()[15:],
    },
    ".pdf": {
        "empty": b"", "text": TEXT.encode(), "picture": PNG, "noise": NOISE, "too large": PDF + b"\n" * LARGE, "archive": WORD,
        "truncated": PDF[: len(PDF) // 2], "10,000 pages": pages.portable([], filler=10_000), "no text": pages.portable([[]]),
        "only a head": b"%PDF-1.7\n", "damaged": b"%PDF-1.7\n" + NOISE,
        "packed bomb": b"%PDF-1.7\n1 0 obj <<>> stream\n" + _bomb() + b"\nendstream",
        "locked": pages.portable([[("A", 11)]], trailer=(
            f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{'00' * 32}> /U <{'00' * 32}> /P -4 >> /ID [<{'00' * 16}> <{'00' * 16}>]")),
    },
    ".docx": {
        "empty": b"", "text": TEXT.encode(), "picture": PNG, "noise": NOISE, "too large": WORD + b"\0" * LARGE,
        "truncated": WORD[: len(WORD) // 2], "another archive": pages.archive({"a.txt": b"a"}),
        "zip bomb": _word_with("word/media/a.bin", b"\0" * 60_000_000), "many entries": pages.archive(
            {"word/document.xml": b"<a/>", **{f"word/{n}": b"" for n in range(3_000)}}),
        "archive inside": _word_with("word/embeddings/inner.zip", WORD), "locked": _locked(WORD),
        "entities": _word_with("word/document.xml", _ENTITIES), "deep nesting": _word_with("word/document.xml", b"<a>" * 100_000),
        "no text": _word_with("word/document.xml", _NO_TEXT),
    },
}  # fmt: skip
CASES = [(suffix, what) for suffix, bad in BAD.items() for what in bad]


def _state(folder: Path) -> dict[str, str]:
    return {p.as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def plain(make_bot: Callable[[Path, Path], Bot], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a corpus of one guide and a home whose index serves."""
    folder = tmp_path_factory.mktemp("plain")
    (folder / "corpus" / "guides").mkdir(parents=True)
    (folder / "corpus" / "guides" / "plants.md").write_text(GUIDE, "utf-8")
    made = make_bot(folder / "corpus", folder / "home")
    made.reindex(quiet)
    assert made.has_index
    return folder


def test_there_are_ten_of_each() -> None:
    assert {suffix: len(bad) >= 10 for suffix, bad in BAD.items()} == dict.fromkeys(BAD, True)


@pytest.mark.parametrize(("suffix", "what"), CASES)
def test_a_bad_file_gives_a_clear_error_and_changes_nothing(suffix: str, what: str, plain: Path) -> None:
    """The words are for people: no exception's text, no path of the machine, and something to do or the reason."""
    before = _state(plain)
    with pytest.raises(ImportRefused) as refusal:
        proposal.propose(f"guide{suffix}", BAD[suffix][what], most_bytes=LARGE)
    said = str(refusal.value)
    assert 10 < len(said) < 300
    assert not any(word in said for word in ("Error", "Exception", "Traceback", "/", "0x"))
    assert _state(plain) == before


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(files.FORMATS)),
    st.binary(max_size=400) | st.text(max_size=400).map(str.encode),
    st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04", b"<p>", b"---\n"]),
)
def test_random_bytes_are_a_draft_or_a_refusal(suffix: str, content: bytes, start: bytes) -> None:
    """Never anything else, whatever the file is named."""
    with contextlib.suppress(ImportRefused):
        assert isinstance(files.convert(f"a{suffix}", start + content), Draft)


@pytest.mark.parametrize("name", ["a.exe", "a", "a.doc", ".md", "a.md.zip"])
def test_a_type_that_is_not_read_says_which_are(name: str) -> None:
    with pytest.raises(ImportRefused, match=r"\.docx, \.htm, \.html"):
        proposal.propose(name, b"text")


def test_a_file_that_would_read_for_ever_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that reads has a bound on its time; here it is made short, and the file slow."""
    monkeypatch.setattr("retrieval.importing.sandbox.SECONDS", 1)
    slow = pages.portable([[(f"{n} words of a page that has many of them, {n}", 9) for n in range(60)]] * 400)
    with pytest.raises(ImportRefused, match="more time or memory"):
        proposal.propose("slow.pdf", slow)


def test_a_guide_that_is_slow_to_read_is_stopped_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the index would make of a file is found out in the bounded process too, not in the one that answers people."""
    monkeypatch.setattr("retrieval.importing.sandbox.SECONDS", 1)
    with pytest.raises(ImportRefused, match="more time or memory"):
        proposal.propose("slow.md", b"A sentence which is here.\n\n" * 150_000)


def test_the_process_that_reads_files_is_given_no_tokens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In its place stands a program that says what it was given."""
    spy = tmp_path / "spy"
    spy.write_text("#!/bin/sh\nenv\n", "utf-8")
    spy.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(spy))
    monkeypatch.setenv("FINGERPOST_SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("DISCORD_TOKEN", "of-discord")
    given = sandbox.run(b"")
    assert b"PATH=" in given
    assert not any(word in given for word in (b"xoxb", b"of-discord", b"TOKEN"))


def test_a_file_s_name_may_be_anything() -> None:
    """File systems give halves of characters, and names that one system or another reserves."""
    assert proposal.propose("a\udcff/..\\con.txt", TEXT.encode()).id == "con-guide"
