"""What admins do from chat, in the words of every platform: reindex, publish, go back, add guides; and nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters.terminal_office import Console
from bot.messages import Ask
from bot.office import Actor, Reply
from tests.bot.admin.conftest import ANN, BEN, CID, World
from tests.retrieval.importing import pages


def said(reply: Reply) -> str:
    """All words of a reply."""
    return "\n".join([reply.title, *reply.lines, *(button.label for button in reply.buttons)])


def test_a_reindex_is_confirmed_watched_and_reported(world: World) -> None:
    """It says before what has changed, and after what was done: guides, passages, questions, seconds."""
    for key in ("a1", "a2"):
        world.store.ask(key, world.bot.handle(Ask("How often do I water a fern?")), f"asker of {key}")
    world.write("every 3 days", "every 4 days")
    asked = world.office.command(ANN, "reindex")
    assert "Changed since the last one: corpus/guides/plants.md" in said(asked)
    assert "every 4 days" not in world.bot.handle(Ask("How often do I water a fern?")).plain
    begun = world.push(ANN, asked, "Reindex")
    assert (bool(begun.run), begun.public) == (True, True)
    done = world.watch(begun)
    for part in (
        "guides changed: corpus/guides/plants.md",
        "passages: ",
        "check questions: 1 of 1 passed",
        "serves now. It took",
        "Before: ",
        "Now: ",
    ):
        assert part in said(done)
    assert "every 4 days" in world.bot.handle(Ask("How often do I water a fern?")).plain
    [act, *_] = world.store.audit()
    assert (act.name, act.act, bool(act.before), act.after) == ("Ann", "publish", True, world.bot.store.current())


def test_an_edit_that_breaks_a_check_question_is_refused_and_published_only_when_asked_twice(world: World) -> None:
    """The refusal has the reason, the places and both answers; "publish anyway" needs a second word and is recorded."""
    serving = world.bot.store.current()
    world.write("| Fern | $12", "| Fern | $15")
    refused = world.reindex()
    for part in (
        "fails (corpus/questions.toml:2, corpus/guides/plants.md:",
        "it does not say “$12”",
        "Before: ",
        "Price: $12",
        "Now: ",
        "Price: $15",
        "Not published",
    ):
        assert part in said(refused)
    assert world.bot.store.current() == serving
    sure = world.push(ANN, refused, "Publish anyway")
    assert "recorded with your name" in said(sure)
    assert world.bot.store.current() == serving
    assert "belongs to Ann" in said(world.push(CID, sure, "Yes, publish it"))
    published = world.push(ANN, sure, "Yes, publish it")
    assert "Ann published" in said(published)
    assert world.store.audit()[0].act == "publish anyway"
    assert "$15" in world.bot.handle(Ask("What does a fern cost?")).plain


def test_the_same_edit_with_its_question_corrected_publishes_and_shows_both_answers(world: World) -> None:
    world.write("| Fern | $12", "| Fern | $15")
    path = world.bot.settings.corpus / "questions.toml"
    path.write_text(path.read_text("utf-8").replace("$12", "$15"), "utf-8")
    done = world.reindex()
    for part in ("check questions: 1 of 1 passed", "Before: ", "Price: $12", "Now: ", "Price: $15", "serves now"):
        assert part in said(done)


def test_a_rollback_is_at_once_says_what_it_changes_and_can_be_undone(world: World) -> None:
    for key in ("a1", "a2"):
        world.store.ask(key, world.bot.handle(Ask("How often do I water a fern?")), f"asker of {key}")
    world.write("every 3 days", "every 4 days")
    world.reindex()
    newest = world.bot.store.current()
    back = world.office.command(ANN, "rollback")
    assert f"in place of {newest}" in said(back)
    assert "every 4 days" in said(back)
    assert "every 3 days" in world.bot.handle(Ask("How often do I water a fern?")).plain
    world.push(ANN, back, "Undo")
    assert world.bot.store.current() == newest
    kept = world.office.command(ANN, "generations")
    assert len(kept.buttons) == 1
    assert [act.act for act in world.store.audit(2)] == ["rollback", "rollback"]


def test_a_second_asker_is_told_who_runs_it_and_can_watch_or_cancel(world: World) -> None:
    """Here the run is another process', which has not got far."""
    run = world.store.start_run("reindex", "slack:T1:U7", "Dora")
    assert run is not None
    told = world.office.command(ANN, "reindex")
    assert "Dora is reindexing since" in said(told)
    watched = world.push(ANN, told, "Watch")
    assert watched.run == run.id
    assert "stops at its next step" in said(world.push(ANN, world.office.command(CID, "reindex"), "Cancel it"))
    assert not world.store.progress_run(run.id, "embedding", 1, 2)
    assert "Ann has cancelled it" in said(world.office.progress(run.id))
    world.store.end_run(run.id, "cancelled", "")
    assert world.office.progress(run.id).run == ""
    assert "Nobody is reindexing" in said(world.office.command(ANN, "cancel"))


def test_a_guide_comes_from_a_file_after_it_was_shown(world: World) -> None:
    """Shown with its passages and tables, added, answered from after a reindex; replaced only by a button that says so; removed."""
    shown = world.office.offer(ANN, "ferns.html", pages.HTML.encode())
    assert "“Watering ferns” as ferns.md" in said(shown)
    assert "How much it costs" in said(shown)
    folder = world.bot.settings.corpus / "guides"
    assert not (folder / "ferns.md").exists()
    added = world.push(ANN, shown, "Add the guide")
    assert (folder / "ferns.md").is_file()
    world.watch(world.push(ANN, added, "Reindex"))
    assert "damp air" in world.bot.handle(Ask("How long do ferns live in a house?")).plain
    again = world.office.offer(ANN, "ferns.html", pages.HTML.replace("five to eight", "six to nine").encode())
    world.push(ANN, again, "Replace the guide")
    assert "six to nine" in (folder / "ferns.md").read_text("utf-8")
    world.push(ANN, world.office.command(ANN, "guides remove ferns"), "Remove it")
    assert not (folder / "ferns.md").exists()
    assert len(list(world.bot.settings.aside.iterdir())) == 2
    acts = [act.act for act in world.store.audit()]
    assert [act for act in acts if "guide" in act] == ["remove guide", "replace guide", "add guide"]


def test_a_guide_with_a_name_of_its_own_is_replaced_from_chat(world: World) -> None:
    """And the list of acts says which it was."""
    folder = world.bot.settings.corpus / "guides"
    (folder / "team").mkdir()
    (folder / "team" / "My_Ferns.md").write_text("# Ferns\n\nFerns like shade.\n", "utf-8")
    shown = world.office.offer(ANN, "My_Ferns.md", b"# Ferns\n\nFerns like damp air.\n")
    assert "in place of the guide team/My_Ferns.md" in said(shown)
    assert "team/My_Ferns is there" in said(world.push(ANN, shown, "Replace the guide"))
    assert "damp air" in (folder / "team" / "My_Ferns.md").read_text("utf-8")
    assert not (folder / "my-ferns.md").exists()
    assert ("replace guide", "team/My_Ferns") == (world.store.audit()[0].act, world.store.audit()[0].detail)


def test_a_file_that_cannot_become_a_guide_is_refused_in_words(world: World) -> None:
    assert "is a file of the type PNG" in said(world.office.offer(ANN, "a.pdf", b"\x89PNG\r\n\x1a\n" + b"\0" * 40))


def test_not_now_does_nothing(world: World) -> None:
    asked = world.office.command(ANN, "reindex")
    assert "Nothing was done" in said(world.push(ANN, asked, "Not now"))
    assert world.store.runs() == []


def test_what_people_ask_and_what_admins_did_are_shown_to_admins(world: World) -> None:
    world.store.ask("a1", world.bot.handle(Ask("What does a fern cost?")))
    world.store.ask("a2", world.bot.handle(Ask("Who wrote the Iliad?")))
    found = world.office.command(ANN, "insights 7")
    assert "Questions in 7 days: 2 (1 answered and 1 not covered)" in said(found)
    assert found.picture is not None
    assert found.picture.png.startswith(b"\x89PNG")
    assert "1 not covered" in found.picture.description
    assert "is no number of days" in said(world.office.command(ANN, "insights soon"))
    world.reindex()
    assert "Ann: publish" in said(world.office.command(CID, "audit"))


def test_anybody_sees_the_status_and_can_be_forgotten(world: World) -> None:
    world.store.rate("a1", BEN.key, "up")
    assert "1 guides: Keeping plants" in said(world.office.command(BEN, "status"))
    assert "- plants: Keeping plants" in said(world.office.command(BEN, "guides"))
    world.office.command(BEN, "forget")
    assert world.store.ratings() == []
    assert "reindex" not in said(world.office.command(BEN, "help"))
    assert "/fingerpost reindex" in said(world.office.command(ANN, "nonsense"))


def test_the_groups_of_an_actor_are_looked_up_once_for_each_act(world: World) -> None:
    """A platform allows few look-ups a minute."""
    lookups = []

    def groups() -> frozenset[str]:
        lookups.append("of Dan")
        return frozenset({"31"})

    dan = replace(CID, id="98", key="discord:user:98", groups=groups)
    assert "reindex" in said(world.office.command(dan, "help"))
    assert len(lookups) == 1
    asked = world.office.command(dan, "guides remove plants")
    world.push(dan, asked, "Not now")
    assert len(lookups) == 3


ADMINISTRATIVE = [
    "reindex",
    "rollback",
    "generations",
    "watch",
    "cancel",
    "guides add",
    "guides remove plants",
    "guides check",
    "insights",
    "audit",
]
INTRUDERS = [
    BEN,
    replace(ANN, workspace="T2", key="slack:T2:U1"),
    replace(ANN, guest=True),
    replace(ANN, platform="discord", workspace="11"),
    replace(CID, groups=frozenset),
    replace(CID, workspace="12"),
    replace(CID, workspace=""),
    replace(CID, id="31", groups=lambda: frozenset({"11", "32"}), workspace="13"),
    replace(BEN, name="Ann", groups=lambda: frozenset({"S1", "31"})),
    replace(BEN, workspace=""),
]


@pytest.mark.parametrize("intruder", INTRUDERS)
def test_none_of_a_hundred_intruders_gets_past(world: World, intruder: Actor) -> None:
    """Ten people without the right try the ten commands, a file, and the buttons that an admin was shown; nothing happens."""
    serving, before = world.bot.store.current(), sorted(p.name for p in world.bot.settings.corpus.rglob("*"))
    buttons = [
        *world.office.command(ANN, "reindex").buttons, *world.office.offer(ANN, "a.txt", pages.PAGE.encode()).buttons,
        *world.office.command(ANN, "guides remove plants").buttons,
    ]  # fmt: skip
    refusals = [world.office.command(intruder, text) for text in ADMINISTRATIVE]
    refusals += [world.office.press(intruder, button.act) for button in buttons]
    refusals.append(world.office.offer(intruder, "a.txt", pages.PAGE.encode()))
    assert (world.office.refusal(intruder), world.office.refusal(ANN)) == (refusals[-1], None)
    assert {refusal.title for refusal in refusals} == {"Only my admins can do that."}
    assert all(refusal.lines for refusal in refusals)
    assert (world.store.runs(), world.store.audit()) == ([], [])
    assert (world.bot.store.current(), sorted(p.name for p in world.bot.settings.corpus.rglob("*"))) == (serving, before)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=100) | st.from_regex(r"(?:reindex|really|anyway|rollback|remove|add)[:-][\w-]{0,40}", fullmatch=True))
def test_a_forged_button_does_nothing_even_for_an_admin(world: World, act: str) -> None:
    """What a button does is in the store, not in the button."""
    assert "used already, or is too old" in world.office.press(ANN, act).title
    assert world.store.runs() == []


def test_a_button_works_once_and_for_an_hour(world: World) -> None:
    asked = world.office.command(ANN, "reindex")
    world.watch(world.push(ANN, asked, "Reindex"))
    assert "used already" in said(world.push(ANN, asked, "Reindex"))
    assert len(world.store.runs()) == 1


def test_whatever_is_typed_in_the_terminal_leaves_the_chat_open(world: World) -> None:
    """A file that is none, and a number that is no button's."""
    shown: list[str] = []
    console = Console(world.office, shown.append)
    for name in ("~nobody-of-that-name/x.md", "a\0b.md", "nosuch.md", "/dev/zero"):
        console.command(f"guides add {name}")
        assert name in shown[-1], name
    console.command("reindex")
    assert not console.press("9" * 5_000)
