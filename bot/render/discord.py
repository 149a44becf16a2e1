"""An answer as Discord's Components V2. Pure: an answer in, the payload of a message out.

A message is packed from pieces until its one budget of characters and components is used; what does not fit stands on
the next page, which a button asks for. Every `custom_id` begins with "fp:" and carries an identifier, never a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bot import quotes, wording
from bot.matrix import Matrix
from bot.messages import Answer, Citation, Disagreement
from bot.render import discord_parts as parts
from bot.render.picture import MARK, describe
from bot.speech import Speech

Component = dict[str, Any]
Payload = dict[str, Any]

PICTURE_FILE = "table.png"
ASK, PICTURE, REST, SHARE, PATH, UP, DOWN = "ask", "picture", "rest", "share", "path", "up", "down"  # what a button does
PLAIN, SURE, AMBER, GREY = 0x5865F2, 0x2E8B57, 0xF0A30A, 0x80848E  # colours; each also stands in words
MOST_QUESTIONS = 4
_BUDGET = 2_700  # characters of the pieces of a page; what closes it comes on top
_MOST_COMPONENTS = 20  # of the pieces of a page with their boxes
_LONGEST_TABLE = 2_000
_UNRATED = ("small_talk", "rejected")
_COLOURS = {"recommended": SURE, "answered": PLAIN, "clarify": PLAIN}


@dataclass(frozen=True)
class _Piece:
    """A component with the colour of the box that it stands in."""

    component: Component
    colour: int


def render(
    answer: Answer, matrix: Matrix | None = None, *, private: bool = False, page: int = 0, asked: str = "", files: bool = True
) -> Payload:
    """The message for an answer.

    `matrix` is the table that the answer rests on, with the asker's cells marked. A `private` answer can be shared.
    `page` counts from 0; each page ends with a button for the next one where there is one. The message
    begins with what was `asked`, where given; without `files` it carries no picture.
    """
    every = _packed(_pieces(answer, matrix, files=files))
    page = min(page, len(every) - 1)
    boxes = _boxed(every[page])
    pictured = any(c["type"] == parts.GALLERY for c in parts.walk(boxes))
    head = [parts.small(f"Question: {asked}")] if asked else []
    more = page + 1 < len(every)
    body = [*head, *boxes, *_closing(answer, None if pictured else matrix, private=private, page=page, more=more)]
    return parts.message(body, [picture_file(matrix)] if pictured and matrix else [])


def pages(answer: Answer, matrix: Matrix | None = None) -> int:
    """How many messages the whole answer takes. At least 1."""
    return len(_packed(_pieces(answer, matrix)))


def shared(answer: Answer, matrix: Matrix | None, by: str, asked: str = "") -> Payload:
    """An answer that somebody shares with a channel, with their name, which does not call them."""
    payload = render(answer, matrix)
    note = parts.small(f"Shared by {parts.cut(by, 80)}, who asked: {asked or answer.question}")
    return {**payload, "components": [note, *payload["components"]]}


def picture(matrix: Matrix) -> Payload:
    """The table as a picture alone."""
    return parts.message([parts.gallery(PICTURE_FILE, _described(matrix))], [picture_file(matrix)])


def picture_file(matrix: Matrix) -> Component:
    """The attachment that the picture needs: its name and its description."""
    return {"id": "0", "filename": PICTURE_FILE, "description": _described(matrix)}


def notice(text: str, buttons: tuple[tuple[str, str], ...] = ()) -> Payload:
    """A short message of the bot about itself: help, an error, a refusal. `buttons` are pairs of custom_id and label."""
    pieces = parts.split(text)
    said = parts.text(parts.escape(pieces[0]) if pieces else "…")
    return parts.message([parts.container([said], GREY), *parts.row([parts.button(*pair) for pair in buttons])])


def fallback(answer: Answer) -> Payload:
    """The answer in plain text, for where components are refused."""
    return parts.content(answer.plain or answer.text)


def action(kind: str, *of: str) -> str:
    """The custom_id of a button."""
    return ":".join(("fp", kind, *(parts.key(part) for part in of)))


def _pieces(answer: Answer, matrix: Matrix | None, *, files: bool = True) -> list[_Piece]:
    """The components of the whole answer, in order, none larger than a fraction of a message."""
    colour, speech = _COLOURS.get(answer.outcome, GREY), Speech.of(answer.language)
    said = [parts.text(parts.escape(piece)) for piece in parts.split(answer.text)] or [parts.text("…")]
    if matrix is not None:
        said += _table(matrix)
        said += [parts.gallery(PICTURE_FILE, _described(matrix))] if files and answer.outcome == "recommended" else []
    pieces = [_Piece(component, colour) for component in said]
    for disagreement in answer.disagreements:
        pieces += [_Piece(component, AMBER) for component in _disagreement(disagreement, answer.citations, speech)]
    for citation in answer.citations:
        pieces += [_Piece(component, colour) for component in _citation(citation, speech)]
    return pieces


def _packed(pieces: list[_Piece]) -> list[list[_Piece]]:
    """The pieces on pages, each within the budget of a message."""
    packed: list[list[_Piece]] = [[]]
    room, places = _BUDGET, _MOST_COMPONENTS
    for piece in pieces:
        weight, count = parts.weight(piece.component), parts.count(piece.component)
        count += not packed[-1] or packed[-1][-1].colour != piece.colour
        if packed[-1] and (weight > room or count > places):
            packed.append([])
            room, places, count = _BUDGET, _MOST_COMPONENTS, parts.count(piece.component) + 1
        packed[-1].append(piece)
        room, places = room - weight, places - count
    return packed


def _boxed(pieces: list[_Piece]) -> list[Component]:
    """Neighbours of one colour in one box."""
    boxes: list[Component] = []
    for piece in pieces:
        if not boxes or boxes[-1]["accent_color"] != piece.colour:
            boxes.append(parts.container([], piece.colour))
        boxes[-1]["components"].append(piece.component)
    return boxes


def _closing(answer: Answer, matrix: Matrix | None, *, private: bool, page: int, more: bool) -> list[Component]:
    """The buttons under a message."""
    me, speech = answer.id, Speech.of(answer.language)
    buttons = [parts.button(action(REST, me, str(page + 1)), speech.say(wording.SHOW_REST))] if more else []
    buttons += [parts.button(action(PICTURE, me), speech.say(wording.SHOW_PICTURE))] if matrix else []
    if answer.recommendation:
        label = speech.say(wording.SAY_REST if answer.recommendation.missing else wording.OTHER_PROFILE)
        buttons.append(parts.button(action(PATH, answer.recommendation.table), label))
    buttons += [parts.button(action(SHARE, me), speech.say(wording.SHARE))] if private else []
    closing = [*_questions(answer), *parts.row(buttons)]
    if answer.outcome not in _UNRATED and not page:
        closing += parts.row(
            [
                parts.button(action(UP, me), speech.say(wording.GOOD), "👍"),
                parts.button(action(DOWN, me), speech.say(wording.BAD), "👎"),
            ]
        )
    note = speech.say(wording.REPHRASED_NOTE if answer.rephrased else wording.QUOTED_NOTE)
    return [*closing, parts.small(note)] if answer.citations else closing


def _questions(answer: Answer) -> list[Component]:
    """A button for each question that can be asked next."""
    buttons = [
        parts.button(action(ASK, answer.id, str(n)), question)
        for n, question in enumerate(answer.suggestions[:MOST_QUESTIONS])
        if parts.cut(question, 80)
    ]
    return [parts.small(Speech.of(answer.language).say(wording.COULD_ASK)), *parts.row(buttons)] if buttons else []


def _table(matrix: Matrix) -> list[Component]:
    """The table in words: a row's label, then a line for each of its cells; the asker's cells say so."""
    lines = []
    for r, row in enumerate(matrix.rows):
        lines.append(parts.bold(row[0], 200))
        for c, cell in enumerate(row[1:], 1):
            said = f"{parts.inline(matrix.header[c], 120)}: {parts.inline(cell, 300)}"
            lines.append(f"▶ **{MARK}.** {said} ◀" if (r, c) in matrix.marked else said)
    return [parts.text(piece) for piece in _lines(lines, _LONGEST_TABLE)]


def _lines(lines: list[str], longest: int) -> list[str]:
    """Lines, already escaped, joined to texts of bounded length."""
    texts = [""]
    for line in lines:
        joined = f"{texts[-1]}\n{line}" if texts[-1] else line
        if parts.length(joined) > longest:
            texts.append(line)
        else:
            texts[-1] = joined
    return [text for text in texts if text]


def _citation(citation: Citation, speech: Speech) -> list[Component]:
    """A quote, a line for each row of a table, and where it stands."""
    lines = [" ".join(line.split()) for line in quotes.lines(citation.quote)]
    pieces = [parts.escape(piece) for piece in parts.split("\n".join(lines), parts.LONGEST_PIECE - 400)] or ["…"]
    pieces[0] = f"**\\[{citation.n}\\]** “{pieces[0]}"
    pieces[-1] += "”"
    said = ["> " + piece.replace("\n", "\n> ") for piece in pieces]
    said[-1] += f"\n-# {parts.inline(_place(citation, speech), 300)}"
    link = parts.link(citation.url, "Open")
    return [*(parts.text(s) for s in said[:-1]), parts.section(said[-1], link) if link else parts.text(said[-1])]


def _place(citation: Citation, speech: Speech) -> str:
    """Guide, section, publisher and date; whom the passage itself cites."""
    place = " > ".join([citation.title, *citation.section])
    updated = speech.say(wording.UPDATED_ON, date=citation.updated) if citation.updated else ""
    source = ", ".join(part for part in (citation.publisher, citation.author, updated) if part)
    cites = "; ".join(re.split(r"[,:;]", reference, maxsplit=1)[0] for reference in citation.references)
    return place + (f" ({source})" if source else "") + (f". {speech.say(wording.IT_CITES, references=cites)}" if cites else "")


def _disagreement(disagreement: Disagreement, citations: tuple[Citation, ...], speech: Speech) -> list[Component]:
    """Both figures with where each stands; no verdict."""
    cited = {citation.n: citation for citation in citations}
    lines = [parts.bold(speech.say(wording.DISAGREE_ABOUT, about=disagreement.about), 230)]
    for claim in disagreement.claims:
        there = cited.get(claim.citation)
        place = there.title + (f", {speech.say(wording.UPDATED_ON, date=there.updated)}" if there.updated else "") if there else ""
        lines.append(f"{parts.bold(claim.figure, 150)}: \\[{claim.citation}\\] {parts.inline(place, 250)}".rstrip())
    return [parts.text(piece) for piece in _lines(lines, parts.LONGEST_PIECE)]


def _described(matrix: Matrix) -> str:
    return parts.cut(describe(matrix.header, matrix.rows, matrix.marked), 1_000) or "A table"
