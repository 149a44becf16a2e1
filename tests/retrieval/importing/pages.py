"""Files as people have them, made in code: pages with furniture around them, documents, PDFs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import docx

# A page about baking, as copied from a browser: the same kinds of dirt as real ones have, in our own words.
PAGE = """Written by
Ada Miller, bread writer with 9+ years of baking
Written by
Ada Miller, bread writer with 9+ years of baking
Sourdough rewards patience more than equipment, and most home bakers stop just before it becomes easy, which is a pity.
A starter that is fed once a day at room temperature is ready to bake with after 7 to 10 days, in winter rather after 14 days.
What to keep apart:
| Flour | Protein | Price of a kilo |
|---|---|---|
| Wheat 550 | 10-11% | $1-$2 |
| Rye 1150 | 8-9% | $2-$3 |
Bakers who have kept a starter alive for several years hardly ever measure, because they have learned what the dough looks like.
Master bread, cake and pastry with hands-on lessons, live mentorship and a certificate.
Choose by how long you have baked and by what you want from it, as the table below says in short for the usual cases:
| Experience | Everyday bread goal | Pastry goal |
|---|---|---|
| 0-1 years of baking | Tin loaf OR flatbread | Shortcrust |
| 2+ years of baking | Sourdough OR baguette | Croissants + laminated doughs |
In the end the oven matters less than the habit: whoever bakes every week is good after half a year, whatever the oven costs.
Time Zone:
Learn to laminate with the most advanced techniques of French bakeries.
Join 12,000+ happy bakers who've changed their mornings with our program
12,000+ Bakers Trained
Webinar Slot Booked
Register for our free webinar
\u24d8 Used to send a reminder for the webinar
Time Zone: Europe/Paris
Time Zone: Europe/Paris
Explore your personalized path to baking success
"""

HTML = """<!doctype html><html><head><title>Watering ferns | Green Desk</title>
<meta property="og:site_name" content="Green Desk"><meta name="author" content="Ann Fern">
<meta property="article:published_time" content="2026-02-03"></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/shop">Shop</a></li></ul></nav>
<div class="cookie-banner">We use cookies. <button>Accept all</button></div>
<article><h1>Watering ferns</h1>
<p>A fern wants water every three days in summer, and about once a week in winter, when it rests and grows little.</p>
<h2>How much it costs</h2><p>The price of a fern depends on its size, as this table of a usual nursery shows well enough.</p>
<table><tr><th>Size</th><th>Price</th></tr><tr><td>Small</td><td>$8</td></tr><tr><td>Large</td><td>$30</td></tr></table>
<p>Ferns live for five to eight years in a house if they get the light and the damp air that they know from the woods.</p></article>
<aside class="related"><h3>Related articles</h3><a href="/x">Ten cacti you will love</a></aside>
<footer>All rights reserved. <form><label>Newsletter</label><input></form></footer></body></html>"""


def word(*lines: str) -> bytes:
    """A Word document with a heading, a list and a table, and more paragraphs at its end."""
    document = docx.Document()
    document.add_heading("Repotting", 0)
    document.add_paragraph("A plant is repotted when its roots fill the pot, which most do after two years of growth.")
    document.add_heading("What you need", 1)
    for thing in ("A pot that is two fingers wider", "Fresh soil without peat"):
        document.add_paragraph(thing, style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip([c for row in table.rows for c in row.cells], ("Pot", "Price", "Clay", "$6"), strict=True):
        cell.text = text
    for line in lines:
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def portable(pages: Sequence[Sequence[tuple[str, int]]], trailer: str = "", filler: int = 0) -> bytes:
    """A PDF of pages, each of lines with their size in points; `filler` empty pages more."""
    count = len(pages) + filler
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in [*pages, *([()] * filler)]:
        stream, at = "", 760
        for text, size in lines:
            escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
            stream += f"BT /F1 {size} Tf 60 {at} Td ({escaped}) Tj ET\n"
            at -= 2 * size
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}endstream")
        page = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents {len(objects)} 0 R >>"
        )
        objects.append(page)
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {count} >>"
    out, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(f"{place:010} 00000 n \n" for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n"
    return out.encode("latin-1")


def archive(entries: dict[str, bytes]) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return out.getvalue()
