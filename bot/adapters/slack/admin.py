"""The bot's administration in Slack: /fingerpost, its buttons, files and forms go to the office; its replies are shown.

Who acts is read anew from each signed event and asked of Slack each time. What they may do, the office decides.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from slack_sdk.errors import SlackClientError

from bot.adapters.slack import channels, text
from bot.adapters.slack.answering import apology
from bot.adapters.slack.channels import QUIET, Channels
from bot.adapters.slack.files import Files
from bot.adapters.slack.people import People
from bot.adapters.slack.post import Post, Undeliverable
from bot.adapters.slack.runs import Runs
from bot.office import Actor, Office, Picture, Reply
from bot.render import slack as notices
from bot.render import slack_office as render
from retrieval.errors import RequestError

log = logging.getLogger(__name__)

Body = Mapping[str, Any]
T = TypeVar("T", bound=Reply | None)

PASTED = "pasted.md"
SHOWN_DIRECTLY = "The progress is in our direct messages."
PICTURE_BELOW = "Here it is as a picture."
NO_PICTURE = "Slack did not let me send the picture. If it happens again, I may lack the scope files:write."
NO_FILE = "There is no file in that message. Write “add guide” in the message that carries the file, or send it to me directly."


@dataclass(frozen=True)
class Spot:
    """Where somebody did something, and the way back to them. `instead` replaces the message whose button they pressed."""

    channel: str
    person: str
    team: str
    url: str = ""
    thread: str = ""
    instead: bool = False

    @property
    def direct(self) -> bool:
        """Whether only they see what stands there."""
        return self.channel.startswith("D")


class Administration:
    """Brings people to the office, and shows them what it says. Its methods may be slow, and raise nothing of the office's."""

    def __init__(self, office: Office, people: People, own: Channels, post: Post, files: Files, runs: Runs, bot_user: str) -> None:
        self._office = office
        self._people = people
        self._channels = own
        self._post = post
        self._files = files
        self._runs = runs
        self._bot_user = bot_user

    def command(self, body: Body) -> None:
        """What /fingerpost does and says: the modes of channels are Slack's own, all else is the office's."""
        said = text.read(str(body.get("text") or ""), self._bot_user)
        spot = Spot(
            str(body["channel_id"]), str(body["user_id"]), str(body.get("user_team") or body.get("team_id") or ""), body["response_url"]
        )
        name, _, rest = said.partition(" ")
        if name.casefold() == "channel":
            self._show(_guarded(lambda: Reply("", tuple(self._channels.command(body, rest).split("\n")))), spot)
            return
        reply = self._asked(spot, lambda actor: self._office.command(actor, said))
        if name.casefold() in ("", "help"):
            reply = replace(reply, lines=(*reply.lines, *(f"- {line}" for line in channels.HELP)))
        self._show(reply, spot)

    def press(self, body: Body) -> None:
        """What a button of the office's does and says."""
        action, container = body["actions"][0], body.get("container") or {}
        stays = action.get("block_id") == render.RUN
        who, channel = body["user"], str((body.get("channel") or {}).get("id") or body["user"]["id"])
        url, thread = str(body.get("response_url") or ""), str(container.get("thread_ts") or "")
        spot = Spot(channel, str(who["id"]), str(who.get("team_id") or ""), url, thread)
        spot = replace(spot, instead=bool(spot.url) and not stays and (bool(container.get("is_ephemeral")) or spot.direct))
        self._show(self._asked(spot, lambda actor: self._office.press(actor, str(action.get("value") or ""))), spot)

    def offer(self, spot: Spot, files: Iterable[Body], pasted: str = "") -> None:
        """What each file, and pasted text, would give as a guide; for whoever may not add one, nothing is fetched."""
        if refusal := self._asked(spot, self._office.refusal):
            self._show(refusal, spot)
            return
        for file in files:
            self._show(self._asked(spot, lambda actor, file=file: self._fetched(actor, file)), spot)  # type: ignore[misc]
        if pasted:
            self._show(self._asked(spot, lambda actor: self._office.offer(actor, PASTED, pasted.encode())), spot)

    def tell(self, spot: Spot, said: str) -> None:
        """Say something of the platform's own."""
        self._show(Reply("", (said,)), spot)

    def _fetched(self, actor: Actor, file: Body) -> Reply:
        try:
            name, content = self._files.fetch(file, self._office.largest_file())
        except RequestError as error:
            return Reply("", (str(error),))
        return self._office.offer(actor, name, content)

    def _asked(self, spot: Spot, ask: Callable[[Actor], T]) -> T | Reply:
        """The office's reply; in its place, that Slack does not say who this is, or an error with a number."""

        def asked() -> T | Reply:
            actor = self._people.actor(spot.person, spot.team)
            return Reply("", (actor,)) if isinstance(actor, str) else ask(actor)

        return _guarded(asked)

    def _show(self, reply: Reply, spot: Spot) -> None:
        try:
            if reply.run:
                self._follow(reply, spot)
            elif self._placed(reply, spot).public and not spot.direct:
                self._publish(reply, spot)
            else:
                self._answer(render.render(reply), spot)
            if reply.picture:
                self._draw(reply.picture, reply.title, spot, public=self._placed(reply, spot).public)
        except (Undeliverable, SlackClientError, OSError) as error:
            log.warning("a reply of the office cannot be shown: %s", type(error).__name__)

    def _placed(self, reply: Reply, spot: Spot) -> Reply:
        """The reply, for its asker alone where an admin wants the bot quiet."""
        return replace(reply, public=False) if reply.public and self._channels.mode(spot.channel) == QUIET else reply

    def _follow(self, reply: Reply, spot: Spot) -> None:
        """Show a run until its end, and the asker where that is."""
        try:
            place, fresh = self._runs.begin(self._placed(reply, spot), spot.channel, spot.person, spot.thread)
        except Undeliverable as error:
            log.warning("a run cannot be shown: %s", error)
            self._answer(render.render(reply), spot)
            return
        if not fresh:
            link = self._post.link(place.channel, place.ts)
            self._answer(render.render(replace(reply, run="", public=False), link=link), spot)
        elif place.channel != spot.channel:
            self._answer(notices.notice(SHOWN_DIRECTLY), spot)
        elif spot.instead:
            self._post.forget(spot.url)

    def _publish(self, reply: Reply, spot: Spot) -> None:
        payload = render.render(reply)
        try:
            self._post.send(payload, spot.channel, spot.thread)
        except Undeliverable as error:
            log.info("a public reply is shown to its asker, as it cannot stand in the channel: %s", error)
            self._answer(payload, spot)
            return
        if spot.instead:
            self._post.forget(spot.url)

    def _answer(self, payload: render.Payload, spot: Spot) -> None:
        """To the asker alone."""
        if spot.url:
            self._post.respond(payload, spot.url, spot.person, "" if spot.instead else spot.thread, instead=spot.instead)
        elif spot.direct:
            self._post.send(payload, spot.channel, spot.thread)
        else:
            self._post.whisper(payload, spot.channel, spot.person, spot.thread)

    def _draw(self, picture: Picture, title: str, spot: Spot, *, public: bool) -> None:
        """A file is never private in a channel, so a private picture goes directly."""
        try:
            channel = spot.channel if public or spot.direct else self._post.send(notices.notice(PICTURE_BELOW), spot.person)[0]
            self._post.upload(
                picture.png, "figures.png", title, picture.description, channel, spot.thread if channel == spot.channel else ""
            )
        except (Undeliverable, SlackClientError, OSError) as error:
            log.warning("no picture sent: %s; is the scope files:write granted?", type(error).__name__)
            self._answer(notices.notice(NO_PICTURE), replace(spot, instead=False))


def _guarded(work: Callable[[], T]) -> T | Reply:
    """The reply; in its place, what to do about an error."""
    try:
        return work()
    except Exception as error:
        return Reply("", (apology(error),))
