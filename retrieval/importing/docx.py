"""A Word document (DOCX) to text with headings, lists and tables, by python-docx. The only file that imports it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any
from zipfile import BadZipFile

from retrieval.errors import ImportRefused
from retrieval.importing import text
from retrieval.importing.draft import Draft, table


def read(content: bytes) -> Draft:
    """The document's body in order. Raises ImportRefused for what is no document with text."""
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        document = docx.Document(io.BytesIO(content))
        body = "\n\n".join(part for part in _parts(document) if part)
        about = document.core_properties
        title, author, modified = about.title, about.author, about.modified
    except (BadZipFile, PackageNotFoundError) as error:
        raise ImportRefused("the document is damaged or cut off; save it again as DOCX") from error
    except Exception as error:  # python-docx raises KeyError, ValueError, XMLSyntaxError and more for a damaged document
        raise ImportRefused("the document is damaged, or is no DOCX; save it again as DOCX") from error
    if not body.strip():
        raise ImportRefused("the document has no text")
    draft = text.read(re.sub(r"(?m)^(- .*)\n\n(?=- )", r"\1\n", body), copied=False)  # a document has no furniture of a page
    return Draft(
        draft.text, title=draft.title or title or "", author=draft.author or author or None,
        updated=draft.updated or (modified.date() if modified else None), left_out=draft.left_out, doubts=draft.doubts,
    )  # fmt: skip


def _parts(document: Any) -> Iterator[str]:
    from docx.table import Table

    for part in document.iter_inner_content():
        if isinstance(part, Table):
            yield table([[cell.text for cell in row.cells] for row in part.rows])
            continue
        style, said = str(part.style.name if part.style else ""), " ".join(part.text.split())
        if not said:
            continue
        if style == "Title":
            yield f"# {said}"
        elif match := re.match(r"Heading (\d)", style):
            yield f"{'#' * min(6, int(match[1]) + 1)} {said}"
        else:
            yield f"- {said}" if style.startswith("List") else said
