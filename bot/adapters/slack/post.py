"""Sending: messages, private replies, pictures and the status line, with what to do where Slack refuses."""

from __future__ import annotations

import logging
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler, RateLimitErrorRetryHandler
from slack_sdk.web import SlackResponse
from slack_sdk.webhook import WebhookClient

from bot.matrix import Matrix
from bot.render import slack_parts as parts
from bot.render.picture import LONGEST_DESCRIPTION, describe, picture
from bot.render.slack import Payload
from retrieval.errors import FingerpostError

log = logging.getLogger(__name__)

STATUS = "is looking in the guides…"
_TOO_RICH = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "unsupported_block_type", "block_mismatch"}
_MOST_RETRIES = 3
_FOREVER = {
    "channel_not_found", "is_archived", "not_in_channel", "restricted_action", "user_not_found", "thread_not_found", "cannot_dm_bot",
    "message_not_found", "cant_update_message", "edit_window_closed", "is_inactive",
}  # fmt: skip
_CHANGED = ("text", "blocks", "parse", "link_names")  # what of a message an edit takes


class Undeliverable(FingerpostError):
    """A message that Slack will never take where it was meant to go."""


def client(token: str, base_url: str) -> WebClient:
    """A Web API client that waits as long as Slack says where it is limited."""
    retries = [ConnectionErrorRetryHandler(), RateLimitErrorRetryHandler(max_retry_count=_MOST_RETRIES)]
    return WebClient(token=token, base_url=base_url, retry_handlers=retries)


class Post:
    """Sends to one workspace."""

    def __init__(self, web: WebClient) -> None:
        self._web = web
        self._hasty = WebClient(token=web.token, base_url=web.base_url, retry_handlers=[], timeout=3)
        self._editor = WebClient(token=web.token, base_url=web.base_url, retry_handlers=[ConnectionErrorRetryHandler()], timeout=10)

    def send(self, payload: Payload, channel: str, thread: str = "") -> tuple[str, str]:
        """Post a message and give its channel, which for a user is that of direct messages, and its `ts`.

        Raises Undeliverable where it can never be, SlackClientError where it may later.
        """
        where: dict[str, Any] = {"channel": channel, **({"thread_ts": thread} if thread else {})}
        try:
            return _place(self._web.chat_postMessage(**payload, **where))
        except SlackApiError as error:
            reason = str(error.response.get("error"))
            if reason in _FOREVER:
                raise Undeliverable(reason) from error
            if reason not in _TOO_RICH:
                raise
            log.error("Slack refused the blocks of a message (%s); sent as text", reason)
            return _place(self._web.chat_postMessage(**_without_blocks(payload), **where))

    def edit(self, payload: Payload, channel: str, ts: str) -> None:
        """Change a message. Raises Undeliverable where it is gone, SlackClientError, also where Slack says to wait."""
        changed = {name: payload[name] for name in _CHANGED}
        try:
            self._editor.chat_update(channel=channel, ts=ts, **changed)
        except SlackApiError as error:
            reason = str(error.response.get("error"))
            if reason in _FOREVER:
                raise Undeliverable(reason) from error
            if reason not in _TOO_RICH:
                raise
            log.error("Slack refused the blocks of a message (%s); changed to text", reason)
            self._editor.chat_update(channel=channel, ts=ts, **{**changed, "blocks": []})

    def open(self, view: dict[str, Any], trigger: str) -> None:
        """Open a modal. Raises SlackClientError."""
        self._hasty.views_open(trigger_id=trigger, view=view)

    def link(self, channel: str, ts: str) -> str | None:
        """The address of a message; None where Slack does not give it."""
        try:
            return str(self._hasty.chat_getPermalink(channel=channel, message_ts=ts)["permalink"])
        except (SlackClientError, OSError) as error:
            log.info("no link to a message: %s", type(error).__name__)
            return None

    def whisper(self, payload: Payload, channel: str, user: str, thread: str = "") -> None:
        """Post a message that only this user sees; in a direct message where Slack cannot show it in the channel."""
        where: dict[str, Any] = {"channel": channel, "user": user, **({"thread_ts": thread} if thread else {})}
        try:
            self._web.chat_postEphemeral(**payload, **where)
        except SlackApiError as error:
            log.info("no private message in the channel (%s); sent directly", error.response.get("error"))
            self.send(payload, user)

    def respond(self, payload: Payload, url: str, user: str, thread: str = "", *, public: bool = False, instead: bool = False) -> None:
        """Answer a command or a button through its response_url; directly to `user` where that is used up or too old.

        `instead` puts it in the place of the message whose button was pressed.
        """
        kind = {"response_type": "in_channel" if public else "ephemeral", "replace_original": instead}
        body = {**payload, **kind, **({"thread_ts": thread} if thread else {})}
        hook = WebhookClient(url, retry_handlers=[ConnectionErrorRetryHandler(), RateLimitErrorRetryHandler(max_retry_count=_MOST_RETRIES)])
        reply = hook.send_dict(body)
        if reply.status_code != 200 and any(reason in reply.body for reason in _TOO_RICH):
            log.error("Slack refused the blocks of a reply (%s); sent as text", reply.body[:100])
            reply = hook.send_dict(_without_blocks(body))
        if reply.status_code == 200:
            return
        if public:
            raise Undeliverable(f"response_url: {reply.status_code}")
        log.info("a response_url is used up or too old (%s); sent directly", reply.status_code)
        self.send(payload, user)

    def forget(self, url: str) -> None:
        """Delete the private message whose button was pressed. Failing is no harm, nor that there is no way to it."""
        try:
            WebhookClient(url).send_dict({"delete_original": True})
        except (SlackClientError, OSError, ValueError) as error:
            log.info("a private message could not be deleted: %s", type(error).__name__)

    def working(self, channel: str, thread: str) -> None:
        """Show that an answer is being looked up. Failing is no harm."""
        try:
            self._hasty.assistant_threads_setStatus(channel_id=channel, thread_ts=thread, status=STATUS)
        except (SlackClientError, OSError) as error:
            log.debug("no status shown: %s", type(error).__name__)

    def draw(self, matrix: Matrix, channel: str, thread: str = "") -> None:
        """Send a table as a picture with its description. Raises SlackClientError."""
        png = picture(matrix.header, matrix.rows, matrix.marked)
        self.upload(png, "table.png", matrix.title, describe(matrix.header, matrix.rows, matrix.marked), channel, thread)

    def upload(self, png: bytes, filename: str, title: str, description: str, channel: str, thread: str = "") -> None:
        """Send a picture with its description. Raises SlackClientError."""
        self._web.files_upload_v2(
            content=png, filename=filename, title=parts.cut(title, 150), alt_txt=parts.cut(description, LONGEST_DESCRIPTION),
            channel=channel, thread_ts=thread or None,
        )  # fmt: skip


def unreachable(error: Exception) -> bool:
    """Whether Slack could not be asked at all, or was too busy, in contrast to having refused."""
    if isinstance(error, SlackApiError):
        return bool(error.response.status_code >= 429)
    return isinstance(error, (SlackClientError, OSError))


def _place(sent: SlackResponse) -> tuple[str, str]:
    return str(sent["channel"]), str(sent["ts"])


def _without_blocks(payload: Payload) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if name != "blocks"}
