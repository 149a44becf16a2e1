"""An answer as Slack's Block Kit. Pure: an answer in, the payload of a message out.

Everything that comes from a guide, a question or a name goes into `rich_text` or `plain_text`, which Slack shows
literally; nothing is ever written in mrkdwn. A message is packed from pieces until its budget is used; what does not
fit stands on the next page, which a button asks for.
"""

from __future__ import annotations

from typing import Any

from bot import quotes, wording
from bot.matrix import Matrix
from bot.messages import Answer, Citation, Disagreement
from bot.render import slack_parts as parts
from bot.render.picture import MARK
from bot.speech import ENGLISH, Speech
from retrieval import markdown

Block = dict[str, Any]
Payload = dict[str, Any]

PICTURE, REST, SHARE, PATH, ASK, FEEDBACK = "picture", "rest", "share", "path", "ask", "feedback"  # action ids
_MOST_QUESTIONS = 4
_LONGEST_TABLE = 4_000  # characters; Slack allows 10,000, the budget of a message less
_UNRATED = ("small_talk", "rejected")


def render(answer: Answer, matrix: Matrix | None = None, *, private: bool = False, page: int = 0) -> Payload:
    """The message for an answer.

    `matrix` is the table that the answer rests on, with the asker's cells marked. A `private` answer can be shared.
    `page` counts from 0; each page ends with a button for the next one where there is one.
    """
    pages = _packed(_pieces(answer, matrix))
    page = min(page, len(pages) - 1)
    more = page + 1 < len(pages)
    blocks = [*pages[page], *_closing(answer, matrix, private=private, page=page, more=more)]
    words = parts.clean(answer.plain or answer.text) if page == 0 else " ".join(_said(pages[page]))
    return parts.message(words, blocks)


def pages(answer: Answer, matrix: Matrix | None = None) -> int:
    """How many messages the whole answer takes. At least 1."""
    return len(_packed(_pieces(answer, matrix)))


def shared(answer: Answer, matrix: Matrix | None, by: str) -> Payload:
    """An answer that somebody shares with a channel, with their name, which does not call them."""
    payload = render(answer, matrix)
    note = parts.context(f"Shared by {by}, who asked: {answer.question}")
    return parts.message(f"Shared by {by}. {answer.plain or answer.text}", [note, *payload["blocks"]])


def notice(text: str, questions: tuple[str, ...] = ()) -> Payload:
    """A short message of the bot about itself: help, an error, a refusal."""
    return parts.message(text, [*parts.paragraphs(text), *_questions(questions, Speech.of(ENGLISH))])


def _pieces(answer: Answer, matrix: Matrix | None) -> list[Block]:
    """The blocks of the whole answer, in order, none larger than a fraction of a message."""
    speech = Speech.of(answer.language)
    blocks = parts.paragraphs(answer.text)
    table = _matrix(matrix) if matrix else None
    blocks += [table] if table else []
    for disagreement in answer.disagreements:
        blocks += _disagreement(disagreement, answer.citations, speech)
    for citation in answer.citations:
        found = None if table else _quoted_table(citation)
        table = table or found
        blocks += [found, *_place(citation, speech)] if found else _citation(citation, speech)
    return blocks


def _packed(blocks: list[Block]) -> list[list[Block]]:
    """The blocks on pages, each within the budget of a message and with one table at most."""
    packed: list[list[Block]] = [[]]
    room = parts.BUDGET
    for block in blocks:
        weight = parts.weight(block)
        if packed[-1] and (weight > room or len(packed[-1]) >= parts.MOST_BLOCKS):
            packed.append([])
            room = parts.BUDGET
        packed[-1].append(block)
        room -= weight
    return packed


def _closing(answer: Answer, matrix: Matrix | None, *, private: bool, page: int, more: bool) -> list[Block]:
    """The buttons and the feedback under a message."""
    speech = Speech.of(answer.language)
    blocks = _questions(answer.suggestions, speech)
    buttons = []
    if more:
        buttons.append(parts.button(REST, speech.say(wording.SHOW_REST), f"{parts.key(answer.id)}:{page + 1}"))
    if matrix:
        buttons.append(parts.button(PICTURE, speech.say(wording.SHOW_PICTURE), parts.key(answer.id)))
        buttons.append(parts.button(PATH, speech.say(wording.OTHER_PROFILE), matrix.table))
    if private:
        buttons.append(parts.button(SHARE, speech.say(wording.SHARE), parts.key(answer.id)))
    blocks += [parts.actions("more", buttons)] if buttons else []
    if answer.citations:
        blocks.append(parts.context(speech.say(wording.REPHRASED_NOTE if answer.rephrased else wording.QUOTED_NOTE)))
    if answer.outcome in _UNRATED or page:
        return blocks
    good, bad = (
        (speech.say(label), speech.say(said)) for label, said in ((wording.GOOD, wording.HELPED), (wording.BAD, wording.NOT_HELPED))
    )
    return [*blocks, parts.feedback(FEEDBACK, parts.key(answer.id), good, bad)]


def _questions(questions: tuple[str, ...], speech: Speech) -> list[Block]:
    """A button for each question that can be asked next."""
    asked = [q for q in dict.fromkeys(parts.clean(q).strip() for q in questions) if q][:_MOST_QUESTIONS]
    buttons = [parts.button(f"{ASK}:{n}", question, question) for n, question in enumerate(asked)]
    return [*parts.paragraphs(speech.say(wording.COULD_ASK)), parts.actions("questions", buttons)] if buttons else []


def _matrix(matrix: Matrix) -> Block | None:
    rows = [[f"{MARK}: {cell}" if (r, c) in matrix.marked else cell for c, cell in enumerate(row)] for r, row in enumerate(matrix.rows)]
    marked = {(r + 1, c) for r, c in matrix.marked}
    return _table([list(matrix.header), *rows], marked)


def _quoted_table(citation: Citation) -> Block | None:
    """The table that a quote consists of, where it has more than one row; None for any other quote."""
    lines = [line.strip() for line in citation.quote.split("\n") if line.strip() and line.strip() != quotes.GAP]
    if len(lines) < 3 or not all(line.startswith("|") for line in lines):
        return None
    rows = [[markdown.plain(cell) for cell in markdown.cells(line)] for line in lines]
    return _table([row for row in rows if any(set(cell) - set("-: ") for cell in row)], set())


def _table(rows: list[list[str]], marked: set[tuple[int, int]]) -> Block | None:
    table = parts.table(rows, marked)
    return table if table and parts.weight(table) <= _LONGEST_TABLE else None


def _citation(citation: Citation, speech: Speech) -> list[Block]:
    return [*parts.quotation(f"[{citation.n}] ", quotes.readable(citation.quote)), *_place(citation, speech)]


def _place(citation: Citation, speech: Speech) -> list[Block]:
    """Where a quote stands: guide, section, publisher and date; what the passage itself cites."""
    place = " > ".join([citation.title, *citation.section])
    updated = speech.say(wording.UPDATED_ON, date=citation.updated) if citation.updated else ""
    source = ", ".join(part for part in (citation.publisher, citation.author, updated) if part)
    said = f"[{citation.n}] {place}" + (f" ({source})" if source else "")
    if citation.references:
        said += f". {speech.say(wording.IT_CITES, references='; '.join(citation.references))}"
    return parts.paragraphs(said, link=citation.url, link_text=speech.say(wording.OPEN_SOURCE))


def _disagreement(disagreement: Disagreement, citations: tuple[Citation, ...], speech: Speech) -> list[Block]:
    """Both figures with where each stands; no verdict."""
    cited = {citation.n: citation for citation in citations}
    lines = []
    for claim in disagreement.claims:
        there = cited.get(claim.citation)
        place = f" {there.title}" + (f", {speech.say(wording.UPDATED_ON, date=there.updated)}" if there.updated else "") if there else ""
        lines.append(f"{claim.figure}: [{claim.citation}]{place}")
    return parts.listing(speech.say(wording.DISAGREE_ABOUT, about=disagreement.about) + ":", lines)


def _said(blocks: list[Block]) -> list[str]:
    """The words of blocks, in order, for those who hear a message or see it in a notification."""
    return [text for block in blocks for text in parts.strings(block, only=("text",))]
