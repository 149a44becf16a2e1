"""What people do with the bot: commands, the message shortcut, buttons, modals. Each is acknowledged first."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App
from slack_sdk.errors import SlackClientError

from bot.adapters.slack import text as words
from bot.adapters.slack.answering import Job
from bot.adapters.slack.events import Workspace
from bot.adapters.slack.people import PREFIX
from bot.adapters.slack.post import Undeliverable
from bot.render import slack as render
from bot.render import slack_parts as parts
from bot.render import slack_views as views
from retrieval.errors import FingerpostError

log = logging.getLogger(__name__)

Body = dict[str, Any]
Later = Callable[..., None]

HELP = "Type /ask and a question, such as: /ask Do I need a degree? Only you see the answer; a button shares it. /path finds your path."
EMPTY_MESSAGE = "There is no text in that message that I could look up."
TOO_OLD = "That answer is too old for this button. Ask the question again."
ALREADY_SHARED = "That answer is shared in this channel already."
NOT_SHARED = "I cannot post in this channel. Invite me with /invite, then press the button again."
NO_TABLE = "The guides have no table that recommends a path. Ask me a question instead."
NO_MODAL = "Slack did not let me open the form in time. Try again."
THANKS = "Thank you, noted."
PICTURE_BELOW = "Here is the table as a picture."
NO_PICTURE = "Slack did not let me send the picture. If it happens again, tell your admin that I may lack the scope files:write."


def listen(app: App, workspace: Workspace, later: Later) -> None:
    """Register commands, shortcut, buttons and modals. `later` runs a function off this thread."""

    @app.command("/ask")
    def on_ask(ack: Ack, body: Body) -> None:
        asked = words.read(body.get("text") or "", workspace.bot_user)
        if not asked or asked.casefold() == "help":
            ack(HELP, response_type="ephemeral")
            return
        workspace.answering.take(_job(workspace, body, asked, body["user_id"], body["trigger_id"], body["channel_id"]))
        ack()

    @app.command("/path")
    def on_path(ack: Ack, body: Body) -> None:
        ack()
        later(open_path, workspace, body, {"channel": body["channel_id"], "response_url": body["response_url"]})

    @app.shortcut("ask_about_message")
    def on_shortcut(ack: Ack, body: Body) -> None:
        ack()
        later(ask_about, workspace, body)

    _listen_to_buttons(app, workspace, later)
    _listen_to_views(app, workspace, later)


def _listen_to_buttons(app: App, workspace: Workspace, later: Later) -> None:
    handlers: dict[str, Callable[[Workspace, Body], None]] = {
        render.ASK: ask_again, render.REST: show_rest, render.PICTURE: show_picture, render.SHARE: share,
        render.FEEDBACK: rate, views.TABLE: change_table, render.PATH: lambda w, b: open_path(w, b, _metadata(b)),
    }  # fmt: skip

    @app.action(re.compile(".*"))
    def on_action(ack: Ack, body: Body) -> None:
        name = body["actions"][0]["action_id"].partition(":")[0]
        if name == render.ASK:
            ask_again(workspace, body)
        ack()
        if name in handlers and name != render.ASK:
            later(handlers[name], workspace, body)


def _listen_to_views(app: App, workspace: Workspace, later: Later) -> None:
    @app.view(views.PATH_VIEW)
    def on_path_submitted(ack: Ack, body: Body) -> None:
        recommend(workspace, body)
        ack()

    @app.view(views.FEEDBACK_VIEW)
    def on_feedback_submitted(ack: Ack, body: Body) -> None:
        metadata = json.loads(body["view"]["private_metadata"])
        comment = body["view"]["state"]["values"].get(views.COMMENT, {}).get(views.VALUE, {}).get("value") or ""
        workspace.store.rate(metadata["answer"], _who(workspace, body), "down", parts.clean(comment))
        ack()
        later(_reply, workspace, metadata, body["user"]["id"], THANKS)


def open_path(workspace: Workspace, body: Body, metadata: dict[str, str]) -> None:
    """Open the path finder."""
    user = body.get("user_id") or body["user"]["id"]
    try:
        tables = workspace.desk.tables()
        if not tables:
            _reply(workspace, metadata, user, NO_TABLE)
            return
        workspace.web.views_open(trigger_id=body["trigger_id"], view=views.path(tables, 0, metadata))
    except FingerpostError:
        _reply(workspace, metadata, user, "My index of the guides is not ready. An admin must run `fingerpost reindex` where I run.")
    except (SlackClientError, OSError) as error:
        log.warning("the path finder cannot be opened: %s", type(error).__name__)
        _reply(workspace, metadata, user, NO_MODAL)


def change_table(workspace: Workspace, body: Body) -> None:
    """Show the selects of another table in the path finder."""
    tables = workspace.desk.tables()
    chosen = int(body["actions"][0]["selected_option"]["value"])
    metadata = json.loads(body["view"]["private_metadata"])
    if chosen < len(tables):
        view = views.path(tables, chosen, metadata)
        workspace.web.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)


def recommend(workspace: Workspace, body: Body) -> None:
    """Answer a submitted path finder with the recommendation, where it was opened."""
    metadata = json.loads(body["view"]["private_metadata"])
    try:
        table = next((t for t in workspace.desk.tables() if t.table == metadata["table"]), None)
    except FingerpostError:
        table = None  # the job finds the same error, and says so
    values = views.chosen_values(table, body["view"]["state"]["values"]) if table else {}
    user = body["user"]["id"]
    asked = ", ".join(f"{axis}: {value}" for axis, value in values.items()) or "Which path is mine?"
    workspace.answering.take(Job(
        key=f"{PREFIX}{workspace.team}:view:{body['view']['id']}", team=workspace.team, channel=metadata.get("channel") or user,
        person=user, question=asked, response_url=metadata.get("response_url", ""), asker_team=body["user"].get("team_id") or "",
        table=metadata["table"], values=values,
    ))  # fmt: skip


def ask_about(workspace: Workspace, body: Body) -> None:
    """Answer the question in somebody's message, for the one who asked for it only."""
    message = body["message"]
    asked = words.read(message.get("text") or "", workspace.bot_user)
    if not asked:
        _reply(workspace, body, body["user"]["id"], EMPTY_MESSAGE)
        return
    workspace.answering.take(_job(workspace, body, asked, body["user"]["id"], body["trigger_id"], body["channel"]["id"]))


def ask_again(workspace: Workspace, body: Body) -> None:
    """Ask the question on a button: in the thread of its message, or privately where that was private."""
    action, user = body["actions"][0], body["user"]["id"]
    key = f"{PREFIX}{workspace.team}:button:{user}:{action['action_ts']}:{action['action_id']}"
    job = Job(
        key=key, team=workspace.team, channel=user, person=user, question=action["value"], asker_team=body["user"].get("team_id") or ""
    )
    container = body.get("container", {})
    if container.get("is_ephemeral"):
        job = _job(workspace, body, action["value"], user, action["action_ts"], body["channel"]["id"])
    elif body.get("channel"):
        thread = str(container.get("thread_ts") or body.get("message", {}).get("thread_ts") or container.get("message_ts") or "")
        name = parts.cut(str(body["user"].get("name") or "Somebody"), 80)
        job = Job(
            key=key, team=workspace.team, channel=body["channel"]["id"], person=user, question=action["value"], thread=thread,
            asked_by=name, asker_team=job.asker_team, asked_at=float(action["action_ts"]),
        )  # fmt: skip
    workspace.answering.take(job)


def show_rest(workspace: Workspace, body: Body) -> None:
    """Show the next page of an answer to the one who asks for it."""
    answer_id, _, page = body["actions"][0]["value"].partition(":")
    held = workspace.answering.held(answer_id)
    user, url = body["user"]["id"], body.get("response_url", "")
    payload = render.render(*held, page=int(page or 1)) if held else render.notice(TOO_OLD)
    _deliver(workspace, payload, user, url, body)


def show_picture(workspace: Workspace, body: Body) -> None:
    """Send the table of an answer as a picture: into the thread, or directly where the answer was private."""
    held = workspace.answering.held(body["actions"][0]["value"])
    user, container = body["user"]["id"], body.get("container", {})
    if held is None or held[1] is None:
        _deliver(workspace, render.notice(TOO_OLD), user, body.get("response_url", ""), body)
        return
    try:
        if container.get("is_ephemeral") or not body.get("channel"):  # a file is never private in a channel
            workspace.post.draw(held[1], workspace.post.send(render.notice(PICTURE_BELOW), user)[0])
        else:
            workspace.post.draw(held[1], body["channel"]["id"], str(container.get("thread_ts") or container.get("message_ts") or ""))
    except (SlackClientError, OSError) as error:
        log.warning("no picture sent: %s; is the scope files:write granted?", type(error).__name__)
        _deliver(workspace, render.notice(NO_PICTURE), user, body.get("response_url", ""), body)


def share(workspace: Workspace, body: Body) -> None:
    """Post a private answer for the whole channel, once, with the name of whoever shares it."""
    answer_id, user, url = body["actions"][0]["value"], body["user"]["id"], body.get("response_url", "")
    held, channel = workspace.answering.held(answer_id), body["channel"]["id"]
    mark = f"shared:{PREFIX}{workspace.team}:{channel}:{answer_id}"
    if held is None or not workspace.store.claim(mark):
        _deliver(workspace, render.notice(TOO_OLD if held is None else ALREADY_SHARED), user, url, body)
        return
    name = parts.cut(str(body["user"].get("name") or "somebody"), 80)
    payload = render.shared(*held, by=name)
    try:
        _publish(workspace, payload, body)
    except (Undeliverable, SlackClientError, OSError) as error:
        log.warning("an answer cannot be shared: %s", type(error).__name__)
        workspace.store.release(mark, counted=False)
        _deliver(workspace, render.notice(NOT_SHARED), user, url, body)
        return
    workspace.store.finish(mark)
    workspace.post.forget(url)


def rate(workspace: Workspace, body: Body) -> None:
    """Remember a thumb; a thumb down opens a field for the reason."""
    action = body["actions"][0]
    verdict, _, answer_id = str(action.get("value") or action.get("selected_option", {}).get("value") or "").partition(":")
    if verdict not in ("up", "down"):
        return
    workspace.store.rate(answer_id, _who(workspace, body), verdict, at=float(action.get("action_ts") or 0) or None)
    metadata, user = _metadata(body), body["user"]["id"]
    if verdict == "up":
        _reply(workspace, metadata, user, THANKS)
        return
    try:
        workspace.web.views_open(trigger_id=body["trigger_id"], view=views.feedback(answer_id, metadata))
    except (SlackClientError, OSError) as error:
        log.warning("the feedback form cannot be opened: %s", type(error).__name__)
        _reply(workspace, metadata, user, THANKS)


def _publish(workspace: Workspace, payload: render.Payload, body: Body) -> None:
    """For everybody in the channel: through the response_url, else as an ordinary message."""
    channel, user = body["channel"]["id"], body["user"]["id"]
    try:
        workspace.post.respond(payload, body["response_url"], user, public=True)
    except (Undeliverable, KeyError):
        workspace.post.send(payload, channel)


def _deliver(workspace: Workspace, payload: render.Payload, user: str, url: str, body: Body) -> None:
    thread = str(body.get("container", {}).get("thread_ts") or "")
    if url:
        workspace.post.respond(payload, url, user, thread)
    else:
        workspace.post.send(payload, user)


def _reply(workspace: Workspace, where: Body, user: str, said: str) -> None:
    _deliver(workspace, render.notice(said), user, where.get("response_url", ""), where)


def _job(workspace: Workspace, body: Body, asked: str, user: str, unique: str, channel: str) -> Job:
    """A job that is answered privately."""
    asker_team = body.get("user", {}).get("team_id") if isinstance(body.get("user"), dict) else ""
    return Job(
        key=f"{PREFIX}{workspace.team}:private:{user}:{unique}", team=workspace.team, channel=channel, person=user, question=asked,
        response_url=body["response_url"], asker_team=asker_team or "",
    )  # fmt: skip


def _metadata(body: Body) -> dict[str, str]:
    """Where the answer to a modal belongs: where its button was pressed."""
    return {"channel": (body.get("channel") or {}).get("id", ""), "response_url": body.get("response_url", "")}


def _who(workspace: Workspace, body: Body) -> str:
    return f"{PREFIX}{workspace.team}:{body['user']['id']}"
