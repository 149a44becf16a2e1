"""Questions that a guide's author notes below what answers them."""

from __future__ import annotations

import string
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.adapters import terminal
from bot.messages import Ask
from bot.wiring import Bot
from retrieval import asking, guides, passages
from retrieval.candidates import ALIKE, COUNTED, gathered
from retrieval.passages import Passage
from retrieval.search import Hit
from retrieval.terms import Terms
from tests.conftest import quiet
from tests.retrieval.bad_guides import HEAD

TABLE = "Two plants:\n\n| Plant | Water |\n|---|---|\n| Fern | daily |\n| Cactus | never |\n"


def woven(body: str) -> list[Passage]:
    """What is searched for of a guide with this text."""
    parsed = guides.parse((HEAD + body).encode(), "plants.md", "plants")
    return asking.woven(parsed, passages.of_guide(parsed, Terms([])), Terms([]))


def asked(body: str) -> list[tuple[str, str]]:
    """Each question of a guide with what answers it."""
    entries = woven(body)
    return [(entry.text, entries[place - entry.answers].text) for place, entry in enumerate(entries) if entry.answers]


def test_a_question_belongs_to_the_block_above_it() -> None:
    """A paragraph, a list with its introduction, a note and a question's whole answer can be asked for in other words."""
    body = "Water ferns.\n\n> [!ASKED]\n> Do they drink?\n> thirsty plants\n\nEasy:\n\n- ivy\n\n> [!ASKED]\n> Which are easy?\n"
    assert asked(body) == [("Do they drink?", "Water ferns."), ("thirsty plants", "Water ferns."), ("Which are easy?", "Easy:\n\n- ivy")]
    assert asked("## Why?\n\nA.\n\n- b\n\n> [!ASKED]\n> How come?\n") == [("How come?", "A.\n\n- b")]
    assert asked("> [!GAP]\n> No names.\n\n> [!ASKED]\n> Who?\n") == [("Who?", "> No names.")]


def test_a_line_may_name_a_row_of_the_table_above_it() -> None:
    """A line that begins with a row's name is for that row, any other for the table; each row has its own."""
    found = asked(f"{TABLE}\n> [!ASKED]\n> cactus: in the desert?\n> How thirsty are plants: very?\n> Fern: and this?\n")
    assert [(question, answer.split("\n")[0]) for question, answer in found] == [
        ("How thirsty are plants: very?", "| Plant | Water |"), ("and this?", "| Fern | daily |"), ("in the desert?", "| Cactus | never |"),
    ]  # fmt: skip


def test_each_part_of_a_long_paragraph_is_asked_for() -> None:
    """A paragraph that is divided answers with the part that fits."""
    long = " ".join(f"Sentence number {n} says something of ferns and how they are kept." for n in range(40))
    entries = woven(f"Short one.\n\n{long}\n\n> [!ASKED]\n> How are they kept?\n")
    parts = [entry for entry in entries if not entry.answers]
    assert len(parts) == 4
    assert [entry.text for entry in entries if entry.answers] == ["How are they kept?"] * 3
    assert [entry.answers for entry in entries] == [0, 0, 1, 0, 1, 0, 1]


@given(st.lists(st.text(string.printable + "“[!]>|#", max_size=60), min_size=1, max_size=6))
def test_whatever_is_noted_stands_where_it_says(lines: list[str]) -> None:
    """Each question stands in its line, and answers nothing that is not above it."""
    noted = "\n".join(f"> {' '.join(line.split())}" for line in lines)
    guide = guides.parse(f"{HEAD}Ferns.\n\n> [!ASKED]\n{noted}\n".encode(), "plants.md", "plants").guide
    for place, entry in enumerate(entries := woven(f"Ferns.\n\n> [!ASKED]\n{noted}\n")):
        if entry.answers:
            assert "".join(entry.text.split()) in "".join(passages.markdown.plain(guide.slice(*entry.lines)).split())
            assert entries[place - entry.answers].text == "Ferns."


class Entries(list[Passage]):
    """Passages in memory. Fits `retrieval.ports.Passages` as far as it is used here."""

    def many(self, ids: list[int]) -> list[Passage]:
        """The passages with these ids."""
        return [self[number] for number in ids]


def test_a_question_that_is_near_stands_for_its_passage() -> None:
    """It brings its passage along though that was not found, with the best of each score; one that is far brings nothing."""
    entries = Entries(woven("Ferns.\n\n> [!ASKED]\n> a\n> b\n\nIvy.\n\n> [!ASKED]\n> c\n"))
    near, far = ALIKE + 0.2, ALIKE - 0.01
    hits = [Hit(1, near, -1, 0, 0, 0.5), Hit(0, 0.1, 0.3, 2, 0.4, 0.4), Hit(2, near - 0.1, -1, 0, 0, 0.3), Hit(4, far, -1, 0, 0, 0.2)]
    (found,) = gathered(hits, entries, 5)
    assert (found.passage.text, found.ids, found.asked) == ("Ferns.", (0, 1, 2), near)
    assert found.hit == Hit(0, near * COUNTED, 0.3, 2, 0.4, 0.5)
    assert [c.passage.text for c in gathered([Hit(4, near, -1, 0, 0, 1), *hits], entries, 5)] == ["Ivy.", "Ferns."]
    assert [c.ids for c in gathered([Hit(4, near, -1, 0, 0, 1), *hits], entries, 1)] == [(3, 4)]


def test_what_shares_no_word_with_a_question_answers_it(make_bot: Callable[[Path, Path], Bot], tmp_path: Path) -> None:
    """A question noted below a passage is answered by that passage, word for word, and never quoted itself."""
    folder = tmp_path / "corpus" / "guides"
    folder.mkdir(parents=True)
    said = "Frost harms the leaves from below zero."
    plain = f"{HEAD}## Cold\n\n{said}\n\n## Pots\n\nClay lets the roots breathe.\n\n## Light\n\nA north window will do.\n"
    question = "Can I leave my little tree on the balcony over Christmas?"
    (folder / "plants.md").write_text(plain, "utf-8")
    bot = make_bot(tmp_path / "corpus", tmp_path)
    bot.reindex(quiet)
    assert bot.handle(Ask(question)).outcome == "not_covered"
    noted = f"{said}\n\n> [!ASKED]\n> May the tree stay on the balcony at Christmas?"
    (folder / "plants.md").write_text(plain.replace(said, noted), "utf-8")
    bot.reindex(quiet)
    answer = bot.handle(Ask(question))
    assert [(c.quote, c.section) for c in answer.citations[:1]] == [(said, ("Cold",))]
    assert "Christmas?" not in "".join(c.quote for c in answer.citations)
    assert not bot.engine().searcher.knows("balcony")
    assert terminal.status(bot).passages == 3  # whoever asks how many there are means those that are quoted
