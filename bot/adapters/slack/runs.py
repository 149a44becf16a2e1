"""Runs of the bot's administration: each is shown in one message, which is edited until the run is over, across restarts.

The message is an ordinary one of the channel where it may stand there, else a direct one: Slack takes no edit of a
private message in a channel. Where somebody deletes it, whoever began learns the end directly.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.adapters.slack.post import Post, Undeliverable
from bot.office import SECONDS_BETWEEN_EDITS, Office, Reply
from bot.render import slack as notices
from bot.render import slack_office as render
from bot.render.slack import Payload
from bot.store import Store

log = logging.getLogger(__name__)

PLATFORM = "slack"
DIRECTLY = "The rest of this is for whoever began it, and goes to them directly."
_MOST_WAIT = 60.0  # seconds until what Slack did not take is tried again


class Place(msgspec.Struct, frozen=True):
    """Where a run is shown, and whom to tell of its end. Without a `ts` there is no message, or none any more."""

    channel: str
    ts: str
    person: str
    id: str

    @property
    def words(self) -> str:
        """The place as the office remembers it."""
        return msgspec.json.encode(self).decode()

    @property
    def direct(self) -> bool:
        """Whether only that person sees it."""
        return not self.channel.startswith(("C", "G"))


@dataclass(eq=False)
class _Shown:
    """A run at a place. `said` is what stands there; `dropped` that another message has taken over."""

    run: str
    place: Place
    said: Payload | None = None
    failures: int = 0
    dropped: bool = False


class Runs:
    """All runs that this process shows. `wait` waits so many seconds; True where the platform stops meanwhile."""

    def __init__(self, office: Office, post: Post, store: Store, wait: Callable[[float], bool] | None = None) -> None:
        self._office = office
        self._post = post
        self._store = store
        self._stopped = threading.Event()
        self._wait = wait or self._stopped.wait
        self._changing = threading.Lock()
        self._shown: list[_Shown] = []
        self._threads: list[threading.Thread] = []

    def begin(self, reply: Reply, channel: str, person: str, thread: str = "") -> tuple[Place, bool]:
        """Show a run from now on, in the channel if it may. The place, and whether it is a new one.

        Raises Undeliverable, SlackClientError.
        """
        with self._changing:
            for place in self._places(reply.run):
                if place.ts and (place.channel == channel or (place.direct and place.person == person)):
                    return place, False
            for lost in [s for s in self._shown if (s.run, s.place.ts, s.place.person) == (reply.run, "", person)]:
                self._drop(lost)
            shown = _Shown(reply.run, Place(channel, "", person, uuid.uuid4().hex), render.render(reply, of_run=True))
            self._keep(shown.run, shown.place)  # whatever happens now, its end will be told
            try:
                there_now = self._sent(reply, channel, person, thread)
            except Exception:
                self._store.release(_key(shown.place), counted=False)
                raise
            self._move(shown, Place(*there_now, person, uuid.uuid4().hex))
            self._start(shown)
            return shown.place, True

    def resume(self) -> None:
        """Go on with what an earlier process showed, or could not show to its end."""
        with self._changing:
            here = {(shown.run, shown.place.words) for shown in self._shown}
            for run, words in self._office.followed(PLATFORM):
                if (run, words) in here:
                    continue
                if (place := _read(words)) is None:
                    log.warning("a run is shown at a place that is none of this version's")
                    self._office.shown(run, PLATFORM, words)
                elif self._store.claim(_key(place)):  # else another process shows it
                    self._start(_Shown(run, place))

    def close(self) -> None:
        """Stop following; a later process goes on."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(timeout=15)

    def _places(self, run: str) -> list[Place]:
        """Where a run is shown, by whatever process."""
        return [place for shown, words in self._office.followed(PLATFORM) if shown == run and (place := _read(words))]

    def _sent(self, reply: Reply, channel: str, person: str, thread: str) -> tuple[str, str]:
        payload = render.render(reply, of_run=True)
        if reply.public or channel.startswith("D"):
            try:
                return self._post.send(payload, channel, thread)
            except Undeliverable as error:
                log.info("a run is shown directly, as it cannot stand in the channel: %s", error)
        return self._post.send(payload, person)

    def _start(self, shown: _Shown) -> None:
        self._shown.append(shown)
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=self._follow, args=(shown,), daemon=True, name="slack-run")
        thread.start()
        self._threads.append(thread)

    def _follow(self, shown: _Shown) -> None:
        pause, over = SECONDS_BETWEEN_EDITS, False
        try:
            while not over and not self._wait(pause) and not self._stopped.is_set() and not shown.dropped:
                reply = self._office.progress(shown.run)
                pause = self._show(shown, reply)
                over = not reply.run and not shown.failures
        except Exception:
            log.exception("a run cannot be shown at the moment")  # `resume` tries again
        with self._changing:
            if shown.dropped:
                return
            if over:
                self._drop(shown)
            else:
                self._shown.remove(shown)
                self._store.release(_key(shown.place), counted=False)

    def _show(self, shown: _Shown, reply: Reply) -> float:
        """Bring the message up to date; the seconds until that may be done again."""
        payload = render.render(reply, of_run=True)
        try:
            if shown.place.ts and not (reply.public or shown.place.direct):
                self._withdraw(shown)
            elif shown.place.ts and payload != shown.said:
                self._edit(shown, payload)
            if not shown.place.ts and not reply.run:
                self._post.send(payload, shown.place.person)
        except (SlackClientError, OSError) as error:
            shown.failures += 1
            pause = _told_to_wait(error) or min(_MOST_WAIT, SECONDS_BETWEEN_EDITS * 2**shown.failures)
            log.info("a run's message is changed in %.0f seconds: %s", pause, type(error).__name__)
            return max(pause, SECONDS_BETWEEN_EDITS)
        except Undeliverable as error:
            log.warning("nobody can be told of the end of a run: %s", error)
        shown.failures, shown.said = 0, payload
        return SECONDS_BETWEEN_EDITS

    def _edit(self, shown: _Shown, payload: Payload) -> None:
        try:
            self._post.edit(payload, shown.place.channel, shown.place.ts)
        except Undeliverable as error:
            log.info("a run's message cannot be changed any more: %s", error)
            self._lose(shown)

    def _withdraw(self, shown: _Shown) -> None:
        """What is not for everybody any more goes on directly, with a word about it where it was."""
        self._edit(shown, notices.notice(DIRECTLY))
        self._lose(shown)

    def _lose(self, shown: _Shown) -> None:
        """The message is gone; the end will be told directly."""
        if shown.place.ts:
            self._move(shown, Place(shown.place.channel, "", shown.place.person, uuid.uuid4().hex))

    def _move(self, shown: _Shown, place: Place) -> None:
        before, shown.place = shown.place, place
        self._keep(shown.run, place)
        self._forget(shown.run, before)

    def _drop(self, shown: _Shown) -> None:
        shown.dropped = True
        self._shown.remove(shown)
        self._forget(shown.run, shown.place)

    def _keep(self, run: str, place: Place) -> None:
        self._store.claim(_key(place))
        self._office.follow(run, PLATFORM, place.words)

    def _forget(self, run: str, place: Place) -> None:
        self._office.shown(run, PLATFORM, place.words)
        self._store.finish(_key(place))


def _read(words: str) -> Place | None:
    try:
        return msgspec.json.decode(words, type=Place)
    except msgspec.MsgspecError:
        return None


def _key(place: Place) -> str:
    """What a process claims that shows a run at a place."""
    return f"slackrun:{place.id}"


def _told_to_wait(error: Exception) -> float | None:
    """The seconds that Slack wants to be left alone."""
    if not isinstance(error, SlackApiError) or error.response.status_code != 429:
        return None
    headers = {name.lower(): value for name, value in error.response.headers.items()}
    try:
        return float(headers["retry-after"])
    except (KeyError, ValueError):
        return None
