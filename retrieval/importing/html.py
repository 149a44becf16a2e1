"""A web page to text with headings, lists and tables, by trafilatura. The only file that imports it."""

from __future__ import annotations

import datetime

from retrieval.errors import ImportRefused
from retrieval.importing import text
from retrieval.importing.draft import Draft

LONGEST_TREE = 200  # elements inside one another


def read(raw: str) -> Draft:
    """The main text of a page, and what the page says of itself. Raises ImportRefused where it has none."""
    import lxml.etree
    import trafilatura

    try:
        tree = trafilatura.load_html(raw)
    except (ValueError, lxml.etree.LxmlError) as error:
        raise ImportRefused("the page cannot be read as HTML; save it again from the browser") from error
    if tree is None:
        raise ImportRefused("the file has no HTML in it; save the page again from the browser")
    if _depth(tree) > LONGEST_TREE:
        raise ImportRefused(f"the page nests more than {LONGEST_TREE} elements inside one another; that is no page of text")
    found = trafilatura.bare_extraction(tree, include_tables=True, include_comments=False, favor_precision=False, with_metadata=True)
    body = trafilatura.extract(tree, output_format="markdown", include_tables=True, include_comments=False, include_formatting=True)
    if not body or not body.strip():
        raise ImportRefused("the page has no text of its own, only menus or a script that fetches it; save the page as it is shown")
    draft = text.read(body)

    def said(field: str) -> str | None:
        return getattr(found, field, None)

    return Draft(
        draft.text, title=said("title") or draft.title, author=said("author") or draft.author, publisher=said("sitename"),
        url=said("url"), updated=_day(said("date")) or draft.updated, left_out=draft.left_out, doubts=draft.doubts,
    )  # fmt: skip


def _depth(tree: object) -> int:
    """How many elements lie inside one another, found without recursion."""
    deepest, open_elements = 0, [(tree, 1)]
    while open_elements:
        element, depth = open_elements.pop()
        deepest = max(deepest, depth)
        open_elements += [(child, depth + 1) for child in element]  # type: ignore[attr-defined]
    return deepest


def _day(value: str | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat((value or "")[:10])
    except ValueError:
        return None
