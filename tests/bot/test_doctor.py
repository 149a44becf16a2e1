"""`fingerpost doctor`: what is wrong is found, and its fix named; no token is ever shown."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot import doctor
from bot.adapters.slack import checks
from bot.doctor import Result
from bot.settings import Secret
from bot.wiring import Bot
from tests.servers.slack_server import SlackServer
from tests.servers.slack_world import APP_TOKEN, BOT_TOKEN


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer() as server:
        yield server


def _with(bot: Bot, slack: SlackServer, token: str = BOT_TOKEN, app: str = APP_TOKEN, signing: str = "0" * 32) -> Bot:
    """The same bot with the settings of Slack."""
    settings = replace(
        bot.settings, slack_api_base_url=slack.api, slack_bot_token=Secret(token), slack_app_token=Secret(app),
        slack_signing_secret=Secret(signing),
    )  # fmt: skip
    return Bot(settings, load_model=lambda _: bot.model)


def _failed(results: list[Result]) -> dict[str, str]:
    return {result.name: result.fix for result in results if result.status == "failed"}


def test_a_well_set_up_bot_is_well(bot: Bot, slack: SlackServer) -> None:
    """Index, model, tokens, scopes and socket: all pass."""
    results = doctor.run(_with(bot, slack), [*doctor.CORE, checks.check])
    assert _failed(results) == {}
    assert [result.name for result in results if result.status == "ok"] == [
        "home", "store", "guides", "model", "index", "slack bot token", "slack scopes", "slack app token", "slack socket",
        "slack signing secret",
    ]  # fmt: skip
    assert doctor.describe(results).endswith("all is well")


def test_without_slack_its_checks_are_skipped(bot: Bot) -> None:
    """Who uses another platform is not bothered."""
    assert [result.status for result in checks.check(bot)] == ["skipped"]


def test_tokens_in_each_others_place_are_found(bot: Bot, slack: SlackServer) -> None:
    """The commonest mistake: bot token and app token exchanged; what they are is said, not what they read."""
    results = checks.check(_with(bot, slack, token=APP_TOKEN, app=BOT_TOKEN, signing="xoxb-too"))
    assert [result.found for result in results] == ["an app-level token", "a bot token", "does not look like one (32 digits from 0 to f)"]
    assert all(result.fix for result in results)
    assert not [r for r in results if APP_TOKEN in r.found + r.fix or BOT_TOKEN in r.found + r.fix]


def test_revoked_tokens_are_found(bot: Bot, slack: SlackServer) -> None:
    """Slack's own word for it is passed on, with where to get a new one."""
    results = checks.check(_with(bot, slack, "xoxb-old", "xapp-old", ""))
    assert [result.found for result in results[:2]] == ["Slack says invalid_auth", "Slack says invalid_auth"]


def test_a_missing_scope_is_named_with_its_reason(bot: Bot, slack: SlackServer) -> None:
    """The fix says where to add it."""
    slack.scopes -= {"files:write"}
    results = {result.name: result for result in checks.check(_with(bot, slack))}
    assert results["slack scopes"].found == "missing: files:write (send a table as a picture)"
    assert "reinstall the app" in results["slack scopes"].fix


def test_a_slack_out_of_reach_is_no_crash(bot: Bot, slack: SlackServer) -> None:
    """No network: failed checks with their fixes."""
    there = _with(bot, slack)
    away = Bot(replace(there.settings, slack_api_base_url="http://127.0.0.1:9/api/"), load_model=lambda _: bot.model)
    assert [r.status for r in checks.check(away)] == ["failed", "failed", "ok"]


def test_a_missing_index_is_found(make_bot: Callable[[Path, Path], Bot], corpus: Path, tmp_path: Path) -> None:
    """The fix is the command that builds one."""
    assert _failed(doctor.run(make_bot(corpus, tmp_path), doctor.CORE)) == {"index": "run `fingerpost reindex`"}


def test_a_damaged_index_is_found(make_bot: Callable[[Path, Path], Bot], plants: Path, tmp_path: Path) -> None:
    """A wrong bit is found in an index that was verified before and whose files have kept their size and time."""
    bot = make_bot(plants, tmp_path / "home")
    bot.reindex(lambda *_: None)
    assert _failed(doctor.run(bot, doctor.CORE)) == {}
    file = bot.settings.index / (bot.store.current() or "") / "passages.f32"
    before, content = file.stat(), bytearray(file.read_bytes())
    content[7] ^= 1
    file.write_bytes(content)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    (found,) = (result for result in doctor.run(bot, doctor.CORE) if result.status == "failed")
    assert found.name == "index"
    assert found.found.endswith("is damaged: passages.f32 has a wrong checksum")


def test_a_check_that_breaks_is_a_failed_one(bot: Bot) -> None:
    """The others still run."""

    def broken(_bot: Bot) -> list[Result]:
        raise RuntimeError("inner text")

    results = doctor.run(bot, [broken, doctor.home])
    assert [(result.name, result.status) for result in results] == [("broken", "failed"), ("home", "ok")]
    assert "inner text" not in doctor.describe(results)
