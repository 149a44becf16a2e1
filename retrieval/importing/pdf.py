"""A PDF to text with its tables, by pdfplumber. The only file that imports it."""

from __future__ import annotations

import io
import itertools
import statistics
from typing import Any

from retrieval.errors import ImportRefused
from retrieval.importing import text
from retrieval.importing.draft import Draft, table

MOST_PAGES = 500
_HEADING = 1.15  # of the usual size of letters, from which a line is a heading


def read(content: bytes) -> Draft:
    """The pages one after the other. Raises ImportRefused for what is no PDF with text that may be read."""
    import pdfplumber
    from pdfminer.pdfexceptions import PDFException
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(io.BytesIO(content)) as file:
            if len(file.pages) > MOST_PAGES:
                raise ImportRefused(f"the PDF has {len(file.pages)} pages, and at most {MOST_PAGES} are read; split it")
            pages = [_page(page) for page in file.pages]
            about = file.metadata or {}
    except (PDFException, PdfminerException) as error:
        said = f"{error!r} {error.__cause__!r} {error.__context__!r}"
        if "Password" in said or "Encrypt" in said:
            raise ImportRefused("the PDF is locked with a password; save it without one") from error
        raise ImportRefused("the PDF is damaged or cut off; save or download it again") from error
    except ImportRefused:
        raise
    except Exception as error:  # pdfminer raises anything at all for a damaged file: KeyError, TypeError, RecursionError, struct.error
        raise ImportRefused("the PDF is damaged; save or download it again") from error
    body = "\n\n".join(pages)
    if not body.strip():
        raise ImportRefused("the PDF has no text, only pictures of pages; run it through text recognition (OCR) first")
    draft = text.read(body)
    title, author = (about.get(key) for key in ("Title", "Author"))
    return Draft(
        draft.text, title=draft.title or _said(title), author=draft.author or _said(author) or None, updated=draft.updated,
        left_out=draft.left_out, doubts=draft.doubts,
    )  # fmt: skip


def _said(value: Any) -> str:
    return " ".join(value.split())[:200] if isinstance(value, str) else ""


def _page(page: Any) -> str:
    """The lines of a page, those of large letters as headings, paragraphs joined again, tables where they stand."""
    tables = page.find_tables()
    boxes = [found.bbox for found in tables]
    outside = page.filter(lambda o: not any(_inside(o, box) for box in boxes)) if boxes else page
    lines = outside.extract_text_lines(return_chars=True)
    usual = statistics.median([char["size"] for line in lines for char in line["chars"]] or [1.0])
    placed: list[tuple[float, float, str]] = [(line["top"], line["bottom"], _line(line, usual)) for line in lines]
    placed += [(found.bbox[1], found.bbox[3], f"\n{table([[c or '' for c in row] for row in found.extract()])}\n") for found in tables]
    placed.sort()
    return _joined(placed)


def _inside(thing: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    middle = ((thing["x0"] + thing["x1"]) / 2, (thing["top"] + thing["bottom"]) / 2)
    return bool(box[0] <= middle[0] <= box[2] and box[1] <= middle[1] <= box[3])


def _line(line: dict[str, Any], usual: float) -> str:
    size = statistics.median(char["size"] for char in line["chars"])
    said = " ".join(line["text"].split())
    return f"\n## {said}\n" if size >= _HEADING * usual and len(said) < 120 else said


def _joined(placed: list[tuple[float, float, str]]) -> str:
    """Lines of one paragraph on one line; a gap larger than the usual one, or a structure, begins another."""
    gaps = [after[0] - before[1] for before, after in itertools.pairwise(placed)]
    usual = statistics.median(gaps) if gaps else 0.0
    out = ""
    for number, (_, _, said) in enumerate(placed):
        wide = number > 0 and gaps[number - 1] > usual + 4
        structure = said.startswith(("\n", "•", "- ", "[")) or out.endswith("\n")
        out += ("\n\n" if wide else "\n" if structure else " ") + said if out else said
    return out
