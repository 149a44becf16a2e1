"""What Slack tells the bot without being asked: mentions, messages, the opened Home. Decides what is a question."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from slack_bolt import App, BoltResponse
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.adapters.slack import text as words
from bot.adapters.slack.answering import Answering, Job
from bot.adapters.slack.channels import MENTION, QUIET, SURE, Channels
from bot.adapters.slack.people import PREFIX, People
from bot.adapters.slack.post import Post
from bot.adapters.slack.uploads import Uploads
from bot.desk import Desk
from bot.render import slack as render
from bot.render import slack_parts as parts
from bot.render import slack_views as views
from bot.store import Store
from retrieval.errors import FingerpostError

log = logging.getLogger(__name__)

QUIET_HERE = "An admin has set me to be quiet in this channel. Ask me in a direct message, or with /ask."
_ORDINARY = {None, "file_share", "thread_broadcast"}  # subtypes of messages that a person has just written
_MOST_PROMPTS, _LONGEST_PROMPT = 4, 75


@dataclass(frozen=True)
class Workspace:
    """Everything that a listener works with, for one workspace."""

    web: WebClient
    team: str
    bot_user: str
    desk: Desk
    store: Store
    post: Post
    people: People
    answering: Answering
    channels: Channels
    uploads: Uploads


def listen(app: App, workspace: Workspace, later: Any) -> None:
    """Register the events. `later` runs a function off this thread, so that Slack hears at once."""

    @app.event("app_mention")
    def on_mention(event: dict[str, Any]) -> None:
        hear(event, workspace, later)

    @app.event("message")
    def on_message(event: dict[str, Any]) -> None:
        hear(event, workspace, later)

    @app.event("app_home_opened")
    def on_home(event: dict[str, Any]) -> None:
        later(suggest if event.get("tab") == "messages" else publish, workspace, event)

    @app.event(re.compile(".*"))  # what nobody listens to is never acknowledged, and delivered again and again
    def on_anything_else() -> BoltResponse:
        return BoltResponse(status=200)


def hear(event: Mapping[str, Any], workspace: Workspace, later: Any) -> None:
    """Take up a message if it brings a guide or is a question for the bot; say why not where it was addressed in vain."""
    if _by_a_person(event, workspace) and workspace.uploads.take(event):
        return
    job = question(event, workspace)
    if job is not None:
        workspace.answering.take(job)
    elif _is_hushed(event, workspace) and workspace.store.claim(f"quiet:{_key(event, workspace)}"):
        later(workspace.post.whisper, render.notice(QUIET_HERE), event["channel"], event["user"], event.get("thread_ts", ""))
        workspace.store.finish(f"quiet:{_key(event, workspace)}")


def question(event: Mapping[str, Any], workspace: Workspace) -> Job | None:
    """The question that an event asks of the bot; None for everything that it should leave alone."""
    if not _by_a_person(event, workspace):
        return None
    channel, written = str(event["channel"]), str(event.get("text") or "")
    direct = event.get("channel_type") == "im" or channel.startswith("D")
    mentioned = event.get("type") == "app_mention" or words.mentions(written, workspace.bot_user)
    mode = MENTION if direct else workspace.channels.mode(channel)
    job = Job(
        key=_key(event, workspace), team=workspace.team, channel=channel, person=str(event["user"]),
        question=words.read(written, workspace.bot_user), thread=str(event.get("thread_ts") or event["ts"]),
        asked_at=float(event["ts"]),
        asker_team=str(event.get("user_team") or event.get("source_team") or event.get("team") or ""),
    )  # fmt: skip
    if direct or (mentioned and mode != QUIET):
        return job
    if mode == QUIET or words.addresses_another(written, workspace.bot_user):
        return None
    if _follows(event, job, workspace):
        return job
    asks = mode == SURE and "thread_ts" not in event and words.looks_like_question(job.question)
    return msgspec.structs.replace(job, only_if_sure=True) if asks else None


def publish(workspace: Workspace, event: Mapping[str, Any]) -> None:
    """Show the App Home."""
    try:
        desk = workspace.desk
        view = views.home(desk.status(), desk.examples(), bool(desk.tables()), workspace.store.kept_days)
    except FingerpostError:
        view = views.home(
            ("My index is not ready. An admin must run `fingerpost reindex` where I run.",),
            (),
            has_tables=False,
            kept_days=workspace.store.kept_days,
        )
    try:
        workspace.web.views_publish(user_id=str(event["user"]), view=view)
    except (SlackClientError, OSError) as error:
        log.warning("the App Home cannot be shown: %s", type(error).__name__)


def suggest(workspace: Workspace, event: Mapping[str, Any]) -> None:
    """Pin some questions that the guides answer above a direct conversation."""
    try:
        asked = workspace.desk.examples()[:_MOST_PROMPTS]
        prompts = [{"title": parts.cut(question, _LONGEST_PROMPT), "message": question} for question in asked]
        if prompts:
            workspace.web.assistant_threads_setSuggestedPrompts(channel_id=str(event["channel"]), prompts=prompts)
    except (SlackClientError, OSError, FingerpostError) as error:
        log.info("no prompts suggested: %s", type(error).__name__)


def _by_a_person(event: Mapping[str, Any], workspace: Workspace) -> bool:
    """Whether a person has just written this message."""
    ordinary = event.get("subtype") in _ORDINARY and not event.get("bot_id")
    return ordinary and event.get("user") not in (None, "", workspace.bot_user)


def _follows(event: Mapping[str, Any], job: Job, workspace: Workspace) -> bool:
    """Whether a message goes on with a conversation that this person has with the bot in this thread."""
    if "thread_ts" not in event or not workspace.store.joined(job.conversation):
        return False
    return bool(workspace.store.history(job.conversation, job.who)) or words.looks_like_question(job.question)


def _is_hushed(event: Mapping[str, Any], workspace: Workspace) -> bool:
    """Whether somebody has mentioned the bot where an admin wants it quiet."""
    if not _by_a_person(event, workspace):
        return False
    mentioned = event.get("type") == "app_mention" or words.mentions(str(event.get("text") or ""), workspace.bot_user)
    return mentioned and workspace.channels.mode(str(event["channel"])) == QUIET


def _key(event: Mapping[str, Any], workspace: Workspace) -> str:
    """One key a message: a mention is delivered as `app_mention` and as `message`, and each again until acknowledged."""
    return f"{PREFIX}{workspace.team}:{event['channel']}:{event['ts']}"
