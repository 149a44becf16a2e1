"""Guides that cannot be read: for each its bytes, the line that is at fault, and words of what its author is told."""

from __future__ import annotations

HEAD = "---\ntitle: Plants\n---\n"


def declared(columns: str = "{light: [x]}", section: str = "Which plant", rows: str = "") -> str:
    """The head of a guide with a declared table, whose entry starts on line 4."""
    return f"""---
title: Plants
tables:
  - id: plant
    section: {section}
    kind: decision
    rows: {{axis: experience, unit: years{rows}}}
    columns: {{axis: light, values: {columns}}}
---
## Which plant

| Experience | Light |
|---|---|
| 0-1 years | Fern |
"""


BAD: dict[str, tuple[bytes, int, str]] = {
    name: (text.encode() if isinstance(text, str) else text, line, words)
    for name, (text, line, words) in {
        "questions below a heading": (f"{HEAD}## Care\n\n> [!ASKED]\n> How often?\n\nWeekly.\n", 6, "below nothing that answers"),
        "questions below nothing": (f"{HEAD}> [!ASKED]\n> How often?\n", 4, "below nothing that answers"),
        "questions within an answer": (f"{HEAD}## How?\n\nA.\n\n> [!ASKED]\n> Why?\n\nB.\n", 8, "parts what belongs together"),
        "questions before a table": (f"{HEAD}A\n\n> [!ASKED]\n> Why?\n\n|a|b|\n|-|-|\n|1|2|\n", 6, "parts what belongs together"),
        "questions before a list": (f"{HEAD}Easy ones:\n\n> [!ASKED]\n> Why?\n\n- fern\n", 6, "parts what belongs together"),
        "broken YAML": ("---\ntitle: Plants\ntags: [a\n---\nx\n", 3, "not valid YAML"),
        "a tab in YAML": ("---\ntitle: Plants\nsource:\n\tauthor: A\n---\nx\n", 4, "not valid YAML"),
        "a day that does not exist": ("---\ntitle: Plants\nupdated: 2026-13-45\n---\nx\n", 3, "month must be in 1..12"),
        "a character that YAML forbids": ("---\ntitle: Pl\x07ants\n---\nx\n", 1, "a character that YAML forbids"),
        "front matter too deep": ("---\ntitle: " + "[" * 1200 + "\n---\nx\n", 1, "nested too deeply"),
        "an object of Python": ("---\ntitle: !!python/object:os.system x\n---\nx\n", 2, "could not determine a constructor"),
        "front matter that is a list": ("---\n- title\n---\nx\n", 1, "'title' at least"),
        "an unknown key": ("---\ntitle: Plants\nauthor: A\n---\nx\n", 3, "unknown field `author`"),
        "an unknown key further in": ("---\ntitle: Plants\nsource:\n  url: u\n  editor: A\n---\nx\n", 5, "unknown field `editor`"),
        "a wrong type": ("---\ntitle: Plants\nupdated: soon\n---\nx\n", 3, "$.updated"),
        "a wrong type further in": ("---\ntitle: Plants\nsource:\n  url: u\n  author: 7\n---\nx\n", 5, "$.source.author"),
        "a number of tables": ("---\ntitle: Plants\ntables: 5\n---\nx\n", 3, "Expected `array`"),
        "a table of another kind": (declared().replace("decision", "picture"), 6, "$.tables[0].kind"),
        "no title": ("---\ntags: [a]\n---\nx\n", 1, "missing required field `title`"),
        "an empty title": ("---\ntitle: ''\n---\nx\n", 2, "length >= 1"),
        "no closing fence": ("---\ntitle: Plants\n\nWater them.\n", 1, "no closing line"),
        "no front matter": ("# Plants\n\nWater them.\n", 1, "starts with front matter"),
        "an empty file": ("", 1, "starts with front matter"),
        "a cell too many": (HEAD + "\n| A | B |\n|---|---|\n| 1 | 2 |\n| 1 | 2 | 3 |\n", 8, "has 3 cells, but its heading has 2"),
        "a cell too few": (HEAD + "\n| A | B |\n|---|---|\n| 1 |\n", 7, "has 1 cells, but its heading has 2"),
        "text glued to a table": (HEAD + "\n| A | B |\n|---|---|\n| 1 | 2 |\nWater them.\n", 8, "has 1 cells, but its heading has 2"),
        "a row without heading": (HEAD + "\nWater them.\n\n| 1 | 2 |\n", 7, "belongs to no table"),
        "a heading wider than its rule": (HEAD + "\n| A | B |\n|---|\n| 1 | 2 |\n", 5, "belongs to no table"),
        "a table without rows": (HEAD + "\n| A | B |\n|---|---|\n", 5, "no rows below its heading"),
        "a declared table that is not there": (declared(section="Prices"), 4, "section 'Prices', which has 0 tables"),
        "two tables where one is declared": (declared() + "\ntext\n\n| A | B |\n|---|---|\n| 1 | 2 |\n", 4, "which has 2 tables"),
        "a value in no column": (declared("{shade: [dark]}"), 4, "no column of 'plant' has 'shade' in its heading (headings: Light)"),
        "a value in no row": (declared(rows=", values: {expert: [pro]}"), 4, "no row of 'plant' has 'expert' in its first cell"),
        "an undefined footnote": (HEAD + "\nWater them.\n\nWeekly.[^7]\n", 7, "[^7] is not defined"),
        "Latin-1": (HEAD.encode() + b"\nWater\nthe caf\xe9 plant.\n", 6, "not UTF-8"),
        "a NUL byte": (HEAD.encode() + b"\nWater\0them.\n", 5, "NUL byte"),
        "UTF-16": ((HEAD + "\nWater them.\n").encode("utf-16"), 1, "NUL byte"),
    }.items()
}
