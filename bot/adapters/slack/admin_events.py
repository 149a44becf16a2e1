"""How acts of administration reach the bot: the command, the office's buttons, the form for a guide. Each is acknowledged first."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App
from slack_sdk.errors import SlackClientError

from bot.adapters.slack.admin import Administration, Spot
from bot.adapters.slack.post import Post
from bot.adapters.slack.uploads import Uploads
from bot.render import slack_office as render
from bot.render import slack_views as views

log = logging.getLogger(__name__)

Body = dict[str, Any]
Later = Callable[..., None]

NO_FORM = (
    "Slack did not let me open the form. Try again, or send me the file in a direct message; if that fails too, I may lack files:read."
)


def listen(app: App, administration: Administration, uploads: Uploads, post: Post, later: Later, slowly: Later) -> None:
    """Register the command, buttons and form. `later` runs a function at once off this thread, `slowly` what may take its time."""

    @app.command("/fingerpost")
    def on_command(ack: Ack, body: Body) -> None:
        ack()
        if str(body.get("text") or "").casefold().split() == ["guides", "add"]:
            later(open_form, administration, post, body)
        else:
            slowly(administration.command, body)

    @app.action(re.compile(rf"{render.ACT}:\d+"))
    def on_press(ack: Ack, body: Body) -> None:
        ack()
        slowly(administration.press, body)

    @app.view(views.GUIDE_VIEW)
    def on_form(ack: Ack, body: Body) -> None:
        wrong = uploads.submit(body, json.loads(body["view"]["private_metadata"]))
        if wrong:
            ack(response_action="errors", errors=wrong)
        else:
            ack()


def open_form(administration: Administration, post: Post, body: Body) -> None:
    """Open the form for a guide, which a trigger allows for three seconds."""
    try:
        post.open(views.guide({"channel": body["channel_id"], "response_url": body["response_url"]}), body["trigger_id"])
    except (SlackClientError, OSError) as error:
        log.warning("the form for a guide cannot be opened: %s", type(error).__name__)
        administration.tell(Spot(body["channel_id"], body["user_id"], "", body["response_url"]), NO_FORM)
