"""Index generations: verified, published by one atomic move, kept for a rollback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.wiring import Bot
from retrieval.encoder import Model
from retrieval.errors import GuideError, IndexBusy, IndexUnusable
from retrieval.generations import GenerationStore
from retrieval.indexing import build
from retrieval.ports import Manifest
from retrieval.sealing import FORMAT
from retrieval.stores import KEPT, open_current, prune
from tests.conftest import GUIDE, quiet


@pytest.fixture(scope="module")
def two(make_bot: Callable[[Path, Path], Bot], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index folder with two generations, of which the newer serves."""
    folder = tmp_path_factory.mktemp("two")
    guide = folder / "corpus" / "guides" / "plants.md"
    guide.parent.mkdir(parents=True)
    bot = make_bot(folder / "corpus", folder / "home")
    for price in ("$12", "$13"):
        guide.write_text(GUIDE.replace("$12", price), "utf-8")
        bot.reindex(quiet)
    return folder / "home" / "index"


@pytest.fixture
def store(two: Path, tmp_path: Path) -> GenerationStore:
    """A copy of both generations that a test may damage."""
    return GenerationStore(shutil.copytree(two, tmp_path / "index"))


@pytest.fixture(scope="module")
def damaged(two: Path, tmp_path_factory: pytest.TempPathFactory) -> GenerationStore:
    """A copy of both generations that is damaged and mended again and again."""
    return GenerationStore(shutil.copytree(two, tmp_path_factory.mktemp("damaged") / "index"))


def files(store: GenerationStore, name: str) -> list[Path]:
    """The files of a generation that hold anything."""
    return sorted(
        p
        for p in (store.folder / name).rglob("*")
        if p.is_file() and p.suffix != ".lock" and p.name != "verified.json" and p.stat().st_size
    )


def flip(path: Path, at: int) -> bytes:
    """Flip one bit of a file; what stood in it."""
    before = path.read_bytes()
    at %= len(before)
    path.write_bytes(before[:at] + bytes([before[at] ^ 1]) + before[at + 1 :])
    return before


def test_a_generation_opens_as_it_was_built(two: Path) -> None:
    """A generation that is opened from disk has its guides, passages, vectors and words, each at its place."""
    store = GenerationStore(two)
    generation, problems = open_current(store)
    assert (problems, generation.manifest.name, store.names()[-1]) == ([], store.current(), store.current())
    assert list(generation.guides) == ["plants"]
    assert [p.text for p in generation.passages if "$13" in p.text][-1] == "| Fern | $13 | 5-8 years |"
    assert len(generation.passages) == len(generation.vectors) == len(generation.lexical) == generation.manifest.passages
    words = generation.vocabulary
    assert words.vectors(range(len(words))).shape == (len(words), 384)
    assert (words.knows("cactus"), words.near("cactsu", 1), words.find("zinc")) == (True, ["cactus"], None)
    (row,) = (n for n, p in enumerate(generation.passages) if p.text == "| Fern | $13 | 5-8 years |")
    assert {words.find(stem) for stem in ("fern", "price", "13")} <= set(words.held(row).tolist())
    assert generation.passages.of_guide("plants") == list(generation.passages)
    assert generation.passages.many([row]) == [generation.passages[row]]
    assert generation.passages.of_guide("pots") == []
    assert "pots" not in generation.guides
    assert list(generation.sources.all()) == ["corpus/guides/plants.md"]
    assert generation.manifest.dimension == generation.vectors.dimension == 384


def test_a_damaged_file_is_refused_by_name_and_the_generation_before_serves(store: GenerationStore) -> None:
    """Whichever file of a generation has one wrong bit, it is refused with the file's name, and the one before it serves."""
    older, newer = store.names()
    for path in files(store, newer):
        before = flip(path, path.stat().st_size // 2)
        generation, problems = open_current(store)
        path.write_bytes(before)
        assert (generation.manifest.name, len(problems)) == (older, 1)
        assert problems[0].startswith(f"the index {newer} is damaged: ")
        assert path.relative_to(store.folder / newer).as_posix() in problems[0]
    assert open_current(store)[0].manifest.name == newer


def test_a_missing_file_is_refused_by_name(store: GenerationStore) -> None:
    """Whichever file of a generation is missing, it is refused, and the one before it serves."""
    older, newer = store.names()
    for path in files(store, newer):
        path.rename(store.folder / "aside")
        generation, problems = open_current(store)
        (store.folder / "aside").rename(path)
        assert generation.manifest.name == older
        assert (path.stem == "manifest" and "manifest" in problems[0]) or problems[0].endswith(
            f"lacks its file {path.relative_to(store.folder / newer).as_posix()}"
        )


@settings(max_examples=30, deadline=None)
@given(number=st.integers(0, 99), at=st.integers(0, 10**6))
def test_no_wrong_bit_serves(damaged: GenerationStore, number: int, at: int) -> None:
    """One wrong bit anywhere in a generation keeps it from serving."""
    older, newer = damaged.names()
    there = files(damaged, newer)
    path = there[number % len(there)]
    before = flip(path, at)
    served = open_current(damaged)[0].manifest.name
    path.write_bytes(before)
    assert served == older


@settings(max_examples=30, deadline=None)
@given(content=st.one_of(st.binary(max_size=30), st.sampled_from([b"..", b".", b"/", b"a\0b", b"\xff\xfe", b"x" * 5000])))
def test_a_damaged_pointer_is_refused(damaged: GenerationStore, content: bytes) -> None:
    """Whatever stands in the file that names the serving generation, an index is opened or refused with a message."""
    before = (damaged.folder / "CURRENT").read_bytes()
    (damaged.folder / "CURRENT").write_bytes(content)
    try:
        served = open_current(damaged)[0].manifest.name
    except IndexUnusable as error:
        served = str(error)
    (damaged.folder / "CURRENT").write_bytes(before)
    assert served in damaged.names() or served.endswith("run `fingerpost reindex`")


def test_where_no_generation_verifies_the_reason_is_given(store: GenerationStore) -> None:
    """Where every generation is damaged, the refusal names the newest one's fault and what to do."""
    for name in store.names():
        flip(store.folder / name / "passages.records", 5)
    with pytest.raises(IndexUnusable) as refused:
        open_current(store)
    assert str(refused.value) == (
        f"no index can be used: the index {store.current()} is damaged: passages.records has a wrong checksum; run `fingerpost reindex`"
    )


def test_a_pointer_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """As where somebody has made a folder of it."""
    (tmp_path / "CURRENT").mkdir()
    with pytest.raises(IndexUnusable, match="CURRENT cannot be read"):
        GenerationStore(tmp_path).current()


def test_an_unknown_format_is_refused(store: GenerationStore) -> None:
    """A generation that another version of the program wrote is refused with both formats."""
    name = store.names()[-1]
    store.seal(store.folder / name, msgspec.structs.replace(store.manifest(name), format=FORMAT + 1))
    with pytest.raises(IndexUnusable, match=f"the index {name} has format {FORMAT + 1}, this program reads {FORMAT}"):
        store.open(name)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("overview.json", b"[]]"), ("overview.json", b"\xff"), ("overview.json", b'{"terms": 5}'), ("passages.records", b"\x80"),
        ("passages.records.ends", b"x"), ("passages.records.ends", bytes(16)), ("passages.f32", bytes(384 * 4)), ("held.ends", b""),
        ("guides.ids.order", bytes(16)), ("words.f32", b""),
    ],
)  # fmt: skip
def test_a_sealed_file_that_cannot_be_read_is_refused(store: GenerationStore, file: str, content: bytes) -> None:
    """A generation whose checksums are right but whose content is not is refused like a damaged one."""
    name = store.names()[-1]
    (store.folder / name / file).write_bytes(content)
    store.seal(store.folder / name, store.manifest(name))
    with pytest.raises(IndexUnusable, match="cannot be read"):
        store.open(name)


def test_an_index_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """Without any index the refusal says how to build one."""
    store = GenerationStore(tmp_path / "nothing")
    assert (store.names(), store.current()) == ([], None)
    with pytest.raises(IndexUnusable, match="there is no index yet; run `fingerpost reindex`"):
        open_current(store)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def on_disk(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, bool]]:
    """What is moved and put on disk, in order; of a move, whether all that it moves is on disk already."""
    steps: list[tuple[str, str, bool]] = []
    synced: set[int] = set()
    fsync, replace = os.fsync, os.replace

    def watched_fsync(descriptor: int) -> None:
        fsync(descriptor)
        synced.add(os.fstat(descriptor).st_ino)
        steps.append(("fsync", str(os.fstat(descriptor).st_ino), True))

    def watched_replace(source: Path, target: Path) -> None:
        whole = [Path(source), *Path(source).rglob("*")]
        steps.append(("move", Path(target).name, all(p.stat().st_ino in synced for p in whole)))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(os, "replace", watched_replace)
    return steps


def test_a_generation_is_on_disk_before_it_is_moved_and_serves_last(
    plants: Path, tmp_path: Path, model: Model, on_disk: list[tuple[str, str, bool]]
) -> None:
    """Every file is on disk before the generation is moved among the others, and that before the pointer to it is moved."""
    store = GenerationStore(tmp_path / "index")
    with store.building() as folder:
        manifest, _ = build(plants, folder, model, None, quiet, store.journal)
        store.seal(folder, manifest)
        on_disk.append(("sealed", "", True))
        store.adopt(folder, manifest.name)
        assert store.current() is None
        store.publish(manifest.name)
    index = str((tmp_path / "index").stat().st_ino)
    pointer = str((tmp_path / "index" / "CURRENT").stat().st_ino)
    assert on_disk[on_disk.index(("sealed", "", True)) + 1 :] == [
        ("move", manifest.name, True),
        ("fsync", index, True),
        ("fsync", pointer, True),
        ("move", "CURRENT", True),
        ("fsync", index, True),
    ]
    assert store.current() == manifest.name


def _fail_in(folder: Path) -> None:
    (folder / "passages.f32").write_bytes(b"x")
    assert [p.name for p in folder.parent.glob(".building-*")] == [folder.name]
    raise GuideError("plants.md", 1, "no guides")


def test_a_building_folder_is_gone_afterwards(tmp_path: Path) -> None:
    """A build that fails leaves no folder, and the next one clears away what a killed process has left."""
    store = GenerationStore(tmp_path)
    (tmp_path / ".building-1" / "lexical").mkdir(parents=True)
    with pytest.raises(GuideError, match="no guides"), store.building() as folder:
        _fail_in(folder)
    assert list(tmp_path.glob(".building-*")) == []


def test_one_process_builds_at_a_time(tmp_path: Path) -> None:
    """While a process builds, another is told so; when it is killed, the next one may build."""
    store = GenerationStore(tmp_path)
    code = f"""
import pathlib, sys
from retrieval.generations import GenerationStore
with GenerationStore(pathlib.Path({str(tmp_path)!r})).building():
    print("building", flush=True)
    sys.stdin.read()
"""
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", code], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "building\n"
        with pytest.raises(IndexBusy, match="another process is building an index"), store.building():
            pass
        assert len(list(tmp_path.glob(".building-*"))) == 1
        other.kill()
    with store.building() as folder, pytest.raises(IndexBusy), GenerationStore(tmp_path).building():
        pass
    assert not folder.exists()


def fake(store: GenerationStore, name: str) -> None:
    """A sealed generation without an index in it."""
    with store.building() as folder:
        store.seal(folder, Manifest(name, FORMAT, "", "", 0, 0, 0, {}))
        store.adopt(folder, name)


def test_the_newest_and_the_one_that_serves_are_kept(tmp_path: Path) -> None:
    """Old generations are deleted, but never the newest ones nor the one that serves."""
    store = GenerationStore(tmp_path)
    for number in range(KEPT + 3):
        fake(store, f"g{number}")
    store.publish("g1")
    prune(store)
    assert store.names() == ["g1", *(f"g{number}" for number in range(3, KEPT + 3))]
    assert store.current() == "g1"


def test_the_generation_that_serves_is_never_discarded(store: GenerationStore) -> None:
    """A generation is deleted on demand, unless it serves."""
    older, newer = store.names()
    store.discard(newer)
    store.discard(older)
    assert store.names() == [newer]
