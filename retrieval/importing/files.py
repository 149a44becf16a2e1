"""What a file is, by its content, before anything parses it; then its converter."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
import zlib
from pathlib import PurePath

from retrieval.errors import ImportRefused
from retrieval.importing import docx, html, pdf, text
from retrieval.importing.draft import Draft

FORMATS = {
    ".md": "Markdown", ".markdown": "Markdown", ".txt": "text", ".html": "HTML", ".htm": "HTML", ".pdf": "PDF", ".docx": "DOCX",
}  # fmt: skip
MOST_UNPACKED = 100_000_000  # bytes of all that a DOCX holds
MOST_RATIO = 200  # unpacked by packed
MOST_ENTRIES = 2_000
DEEPEST = 20  # quotes or lists inside one another
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
         codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}  # fmt: skip
_PAGE = re.compile(r"<html\b", re.IGNORECASE)
_CHUNK = 65_536  # bytes that are unpacked at once
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_DEEP = re.compile(rf"^(?:\s*>\s?){{{DEEPEST + 1},}}|^[ \t]{{{DEEPEST * 4},}}[-*+]\s", re.MULTILINE)


def convert(filename: str, content: bytes) -> Draft:
    """The file as a draft of a guide. Raises ImportRefused, in words for the one who gave it."""
    kind = FORMATS.get(PurePath(filename).suffix.lower())
    if kind is None:
        known = ", ".join(sorted(FORMATS))
        raise ImportRefused(f"'{PurePath(filename).name[:80]}' is of no type that I read; give one of {known}")
    if not content.strip():
        raise ImportRefused("the file is empty")
    if kind == "PDF":
        _expect(b"%PDF-" in content[:1024], "PDF", content)
        _check_streams(content)
        return pdf.read(content)
    if kind == "DOCX":
        _expect(content.startswith(b"PK\x03\x04"), "DOCX", content)
        _check_archive(content)
        return docx.read(content)
    said = _decoded(kind, content)
    if kind == "HTML":
        _check_page(said)
        return html.read(said)
    _check_text(kind, said)
    return Draft(said) if kind == "Markdown" else text.read(said)


def _check_page(said: str) -> None:
    if not re.search(r"<\s*[a-zA-Z!]", said):
        raise ImportRefused("the file has no HTML in it; name it .txt if it is a plain text")
    if (pages := len(_PAGE.findall(said))) > 1:
        raise ImportRefused(f"the file holds {pages:,} web pages; give each as a file of its own")
    if re.search(r"<!ENTITY", said, re.IGNORECASE):
        raise ImportRefused("the page defines entities of its own, which no web page needs; save it again from the browser")


def _check_text(kind: str, said: str) -> None:
    start = said.lstrip("\ufeff \n\r\t")[:2_000]
    if _PAGE.match(start) or start[:14].casefold() == "<!doctype html":
        raise ImportRefused(f"the file is named as {kind}, but is a web page; give it the ending .html")
    if _DEEP.search(said):
        raise ImportRefused(f"the text nests more than {DEEPEST} quotes or lists inside one another; flatten it")
    if said.count("\f") > pdf.MOST_PAGES:
        raise ImportRefused(f"the text has {said.count(chr(12)) + 1} pages, and at most {pdf.MOST_PAGES} are read; split it")


def _expect(fits: bool, kind: str, content: bytes) -> None:
    """That a file is what its name says. Raises ImportRefused with what it is."""
    if not fits:
        raise ImportRefused(f"the file is named as {kind}, but is {_named(content)}; give it in a type that fits")


def _named(content: bytes) -> str:
    """What a file is, in a few words."""
    import filetype

    found = filetype.guess(content)
    return (
        f"a file of the type {found.extension.upper()}"
        if found is not None
        else "a text"
        if b"\0" not in content[:4096]
        else "something else"
    )


def _check_streams(content: bytes) -> None:
    """What a PDF packs is counted before it is read. Raises ImportRefused where it is more than any text needs."""
    unpacked = 0
    for match in re.finditer(rb"stream\r?\n", content):
        unpacked += _unpacked(content, match.end(), MOST_UNPACKED - unpacked)
        if unpacked >= MOST_UNPACKED:
            raise ImportRefused(f"the PDF unpacks to more than {MOST_UNPACKED // 1_000_000} MB; save it again without its pictures")


def _unpacked(content: bytes, start: int, most: int) -> int:
    """How many bytes come of a stream that is packed as PDFs usually are, counted up to `most`; 0 for another."""
    unpacker, total = zlib.decompressobj(), 0
    given = content[start : start + _CHUNK]
    if not given or given[0] & 0x0F != 8:  # zlib's mark of its method
        return 0
    try:
        while given and total < most and not unpacker.eof:
            total += len(unpacker.decompress(given, 1_000_000))
            start += 0 if unpacker.unconsumed_tail else _CHUNK
            given = unpacker.unconsumed_tail or content[start : start + _CHUNK]
    except zlib.error:
        pass  # it is no packed stream, or a damaged one
    return total


def _check_archive(content: bytes) -> None:
    """A DOCX is an archive: what it would unpack to is known before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise ImportRefused("the document is damaged or cut off; save it again as DOCX") from error
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(len(content), 10_000):
        raise ImportRefused("the document unpacks to far more than it is, as archives do that are made to harm; it is not opened")
    if any(entry.flag_bits & 1 for entry in entries):
        raise ImportRefused("the document is locked with a password; save it without one")
    names = {entry.filename for entry in entries}
    if "word/document.xml" not in names:
        raise ImportRefused("the file is named as DOCX, but is another archive; save the document as DOCX")
    if any(name.lower().endswith((".zip", ".docx", ".gz", ".7z")) for name in names):
        raise ImportRefused("the document holds archives inside the archive; save it again as a plain DOCX")


def _decoded(kind: str, content: bytes) -> str:
    """The text in whatever encoding it is. Raises ImportRefused for what is no text."""
    from charset_normalizer import from_bytes

    bom = next((encoding for mark, encoding in _BOMS.items() if content.startswith(mark)), None)
    if bom is None and b"\0" in content:
        raise ImportRefused(f"the file is named as {kind}, but holds NUL bytes, so it is {_named(content)}; save it as UTF-8")
    try:
        said = content.decode(bom or "utf-8")
    except UnicodeDecodeError as error:
        best = None if bom else from_bytes(content[:200_000]).best()
        if best is None or best.encoding.startswith(("utf_16", "utf_32", "utf_7")):
            raise ImportRefused("the file's encoding cannot be told, or it is damaged; save it as UTF-8") from error
        said = content.decode(best.encoding, "replace")
    if "\0" in said or len(_CONTROL.findall(said)) > len(said) / 100:
        raise ImportRefused(f"the file is named as {kind}, but holds control characters as no text has; save it as UTF-8")
    return _CONTROL.sub("", said)
