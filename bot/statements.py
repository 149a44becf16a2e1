"""Each figure of the guides with what it is said of: a table's row and column, an option of a decision table, a clause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot import cues
from retrieval import markdown, words
from retrieval.guides import Guide, Table
from retrieval.passages import NOTES, Passage, sentences
from retrieval.quantities import Figure, figures
from retrieval.terms import Terms

_OPTION = re.compile(r"\s+OR\s+")
_CLAUSE = re.compile(
    r"\s*[;:]\s+|\s+[–—]\s+|,?\s+(?:but|while|whereas|although|which|since|because|so that)\s+|,\s+(?:and\s+)?(?=[a-z])|"
    r"\s+and\s+(?=is\b|are\b|it\b|lasts?\b)"
)
_BOLD = re.compile(r"^\*\*[^*]+\*\*[.:]?\s*")
_ALTERNATIVE = re.compile(r"\s*/\s*|\s+or\s+")
_BRACKET = re.compile(r"\s*\([^()]*\)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NUMBERED = re.compile(r"\b[A-Z]\d+\b|(?<![\w.,%$€£-])\d+(?![\w.,%-])")
_MODIFIER = re.compile(r"\b(?:an?|the|our|your|each|every|any|no)\s+(?P<word>[a-z][\w-]*)\s+$")
# What stands between a thing and its measure: "the notice period | is two weeks".
_VERB = re.compile(
    r"(?<![\w-])(?:is|are|was|were|has|have|had|will|can|may|must|should|takes?|took|lasts?|costs?|runs?|needs?|makes?|made|comes?|lives?|goes|gets?|"
    r"pays?|reach(?:es)?)(?![\w-])",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"\s*(?:after|before|during|in|for|with|without|from|on|at|if|when|of|by|since|until|as|between)\b[^,]*$", re.IGNORECASE
)
_PREPOSITION = re.compile(r"\s+(?:of|on|in|for|to|with|at|from|by|per)\s+")
_ONE_UNIT = re.compile(r"an?\s+\w+$", re.IGNORECASE)  # "an hour costs $3"
_USUAL = frozenset("typical usual normal whole entire average standard regular good single full own certain given common".split())

WHOLE = 6  # words of what a share is of; more say something else besides

# What a figure of one kind measures, by the words before or after it; figures of two senses are never at odds.
_NEVER = "(?!)"
_SENSES = tuple(
    (kind, sense, re.compile(before, re.IGNORECASE), re.compile(after, re.IGNORECASE))
    for kind, sense, before, after in (
        ("duration", "every", r"\b(?:every|each|once (?:in|every|per))\s+(?:about\s+)?$|\b(?:interval|how often|frequency)\b", _NEVER),
        (
            "duration", "have", r"\b(?:with|have|has|having|had|after|since|aged?|'ve)\s+(?:about |over |at least |more than )*$",
            r"^\s*(?:old|of age|ago|later|in (?:the )?(?:industry|field|job)|of (?:\w+ ){0,2}(?:experience|coding|work|service))\b",
        ),
        (
            "money", "pay", r"\b(?:salar(?:y|ies)|earn(?:s|ed|ing|ings)?|wages?|compensation|income|pension|revenue)\b",
            r"^\s*in (?:total )?compensation\b",
        ),
        ("money", "cost", r"\b(?:costs?|prices?|fees?|tuition|charge[sd]?|pay)\b", r"^\s*in (?:tuition|fees)\b"),
    )
)  # fmt: skip
# Words that ask for or give a measure and name no thing.
GENERIC = frozenset(
    words.stem(word)
    for word in """
    take takes last lasts long length time timeline duration day days week weeks month months year years hour hours minute minutes
    cost costs price prices fee fees pay pays paid amount figure number share percent percentage total typically usually mostly normally
    about around roughly nearly run runs valid make makes made come comes give gives given usual average median mean typical
    people person everybody everyone everything new now then still today currently generally rule note please plan expect enough only
    one two three four five six seven eight nine ten half third quarter once twice time times least most every each
    """.split()
)


@dataclass(frozen=True)
class Statement:
    """A figure and what it is said of, in stems.

    `about` are all words around it, with the heading. `labels` are the names that a table gives the thing, each
    enough by itself; none for a figure in a sentence. `measure` is what is measured beside the kind ("phd prevalence").
    `words` are those of the clause or of row and column. `head` is the word that the figure is said of, "" where
    unknown. `marks` are the years and numbers that limit it. `plain` is the text behind `words`, `name` a table's own
    name for the thing, `others` all figures of the clause or cell, `whole` what a share is a share of.
    """

    passage: Passage
    figure: Figure
    text: str
    about: frozenset[str]
    words: frozenset[str]
    labels: tuple[frozenset[str], ...] = ()
    measure: frozenset[str] = frozenset()
    sense: str = ""
    head: str = ""
    marks: frozenset[str] = frozenset()
    plain: str = ""
    name: str = ""
    others: tuple[Figure, ...] = ()
    whole: frozenset[str] = frozenset()


class Reader:
    """Reads the statements of passages, with one name for each term."""

    def __init__(self, guides: Mapping[str, Guide], terms: Terms) -> None:
        self._guides = guides
        self._terms = terms

    def read(self, passage: Passage) -> Iterator[Statement]:
        """The statements of one passage; none of a note, a reference or a whole table, whose rows speak for themselves."""
        if passage.kind in (*NOTES, "table", "reference", "asked"):
            return
        if passage.row is not None and passage.table is not None:
            yield from self._cells(passage, self._guides[passage.guide].tables[passage.table], passage.row)
        else:
            yield from self._sentences(passage)

    def stems(self, text: str) -> frozenset[str]:
        """The stems of a text's words, one name for each term."""
        return self._terms.stems(text)

    def _cells(self, passage: Passage, table: Table, row: int) -> Iterator[Statement]:
        label = markdown.plain(table.rows[row][0])
        for index, (name, cell) in enumerate(zip(table.header, table.rows[row], strict=True)):
            if table.spec is not None:
                yield from self._options(passage, cell) if index else ()
            elif index == 0:
                yield from self._clauses(passage, markdown.plain(cell), frozenset())
            elif _is_measured(table, index):
                yield from self._cell(passage, label, markdown.plain(name), markdown.plain(cell), table)

    def _cell(self, passage: Passage, label: str, column: str, cell: str, table: Table) -> Iterator[Statement]:
        own, named = self._labels(label), self.stems(cues.without(column))
        found = figures(cell)
        for figure in found[:1]:
            text = f"{label} {column}"
            yield Statement(
                passage, figure, f"{label}: {column} {cell}", self.stems(text), self.stems(text), own, named - GENERIC,
                _sense(figure, column, "") or _sense(figure, table.caption, ""), marks=_marks(label), plain=self._terms.unify(text),
                name=label, others=tuple(found),
            )  # fmt: skip

    def _options(self, passage: Passage, cell: str) -> Iterator[Statement]:
        """The options of a cell; one without a figure shares that of the next."""
        shared: tuple[Figure, ...] = ()
        for option in reversed(_OPTION.split(markdown.plain(cell))):
            shared = figures(option) or shared
            name = _BRACKET.sub("", option)
            for figure in shared[:1]:
                stems = self.stems(name)
                yield Statement(
                    passage, figure, option, stems, stems, self._labels(name), plain=self._terms.unify(name), name=name.strip(),
                    others=shared,
                )  # fmt: skip

    def _labels(self, label: str) -> tuple[frozenset[str], ...]:
        """The names in a label: all of it, and each of its alternatives."""
        whole = _BRACKET.sub("", label)
        parts = [whole, *(_ALTERNATIVE.split(whole) if _ALTERNATIVE.search(whole) else [])]
        return tuple(dict.fromkeys(stems for part in parts if (stems := self.stems(part))))

    def _sentences(self, passage: Passage) -> Iterator[Statement]:
        heading = self.stems(passage.section[-1]) if passage.section else frozenset()
        text = "\n".join(line for line in passage.text.split("\n") if not line.lstrip().startswith("|"))
        for line in text.split("\n\n"):
            for sentence in sentences(_BOLD.sub("", line)):
                yield from self._clauses(passage, markdown.plain(sentence), heading)

    def _clauses(self, passage: Passage, sentence: str, heading: frozenset[str]) -> Iterator[Statement]:
        """The figures of a sentence, each with the words of its own clause, or of those before where it has none."""
        if not figures(sentence):
            return  # most sentences have none
        start, before, sentence_stems = 0, "", self.stems(sentence)
        for end in [*(m.end() for m in _CLAUSE.finditer(sentence) if _splits(sentence, m)), len(sentence)]:
            clause = sentence[start:end]
            found = figures(clause)
            for figure in found:
                if _ONE_UNIT.match(figure.text) and any(other.kind != figure.kind for other in found):
                    continue
                rest = _cut(clause, found)
                own = self.stems(rest)
                if not own - GENERIC:
                    own |= self.stems(before) if self.stems(before) - GENERIC else heading
                    rest = f"{before} {rest}"
                elif not self.stems(clause[: figure.span[0]]) - GENERIC and before:
                    own |= self.stems(before)  # "on the research track, which is 10% of jobs"
                    rest = f"{before} {rest}"
                near = clause[: figure.span[0]], clause[figure.span[1] :]
                yield Statement(
                    passage, figure, sentence.strip(), heading | sentence_stems, own, (), frozenset(),
                    _sense(figure, *near), self._head(before, near[0]), _marks(_cut(sentence, figures(sentence))),
                    self._terms.unify(rest), others=tuple(found), whole=self._whole(near[1]),
                )  # fmt: skip
            before, start = (_cut(clause, found) if self.stems(_cut(clause, found)) - GENERIC else before), end

    def _whole(self, after: str) -> frozenset[str]:
        """What a share is said to be of, where nothing else follows: "of all openings"."""
        match = re.match(r"\s*(?:of|in)\s+(.+)$", after)
        stems = self.stems(match[1]) if match else frozenset()
        return stems if len(stems) <= WHOLE else frozenset()

    def _head(self, before: str, near: str) -> str:
        """The word that a figure is said of: "belts" in "the belts of a printer last"."""
        for text in (near, before):
            thing = _VERB.split(self._terms.unify(text))[0]
            parts = [thing] if _OPENING.match(thing) else [*_PREPOSITION.split(thing), thing]
            for part in parts:
                if named := [stem for word in words.content(part) if (stem := words.stem(word)) not in GENERIC]:
                    return named[-1]
        return ""


def modified(text: str, name: str) -> bool:
    """Whether a name stands in a text with a word before it that narrows it: "a used laser tube"."""
    at = text.find(name)
    match = _MODIFIER.search(text[:at]) if at > 0 else None
    return bool(match) and match["word"] not in _USUAL if match else False


def _cut(text: str, found: Sequence[Figure]) -> str:
    for figure in reversed(found):
        text = text[: figure.span[0]] + " " + text[figure.span[1] :]
    return text


def _splits(text: str, match: re.Match[str]) -> bool:
    """Whether a clause ends here: not within a figure, nor behind an opening such as "After laser cutting, "."""
    if any(figure.span[0] < match.end() and match.start() < figure.span[1] for figure in figures(text)):
        return False
    return not (match.group(0).strip() == "," and _OPENING.match(text[: match.start()]))


def _is_measured(table: Table, column: int) -> bool:
    """Whether most cells of a column hold figures; in other columns a figure is said in passing."""
    return sum(bool(figures(row[column])) for row in table.rows) * 2 > len(table.rows)


def _sense(figure: Figure, before: str, after: str) -> str:
    for kind, sense, ahead, behind in _SENSES:
        if kind == figure.kind and (ahead.search(before) or behind.search(after)):
            return sense
    return ""


def _marks(text: str) -> frozenset[str]:
    return frozenset([*_YEAR.findall(text), *_NUMBERED.findall(text)])
