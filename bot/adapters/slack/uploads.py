"""Guides that come as files: in a direct message, in a channel with a mention and the words "add guide", or in a form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from bot.adapters.slack import left
from bot.adapters.slack import text as words
from bot.adapters.slack.admin import NO_FILE, Administration, Spot
from bot.render import slack_views as views
from bot.store import Store

_PREFIX = "slackfile:"
_ADD = re.compile(r"(?:please\s+)?add\s+(?:(?:this|the|a|new|as)\s+){0,3}guides?\b", re.IGNORECASE)
_MOST_FILES = 10  # of one message; Slack takes no more
_KEPT = ("id", "name", "title", "size", "mode", "is_external", "file_access", "url_private_download")
GIVE_ONE = "Give a file, or paste the text."
NOT_BOTH = "Give either a file or text, not both."


class Upload(msgspec.Struct, frozen=True):
    """Files that somebody wants to add, with the way back to them."""

    channel: str
    person: str
    team: str
    thread: str
    files: list[dict[str, Any]]


class Uploads:
    """Takes up files, each message once. `later` runs a function off this thread."""

    def __init__(self, administration: Administration, store: Store, team: str, bot_user: str, later: Callable[..., None]) -> None:
        self._administration = administration
        self._store = store
        self._team = team
        self._bot_user = bot_user
        self._later = later

    def take(self, event: Mapping[str, Any]) -> bool:
        """Take up a message that a person has written. False where it is none that adds a guide."""
        files = [file for file in event.get("files") or () if isinstance(file, dict)]
        channel = str(event["channel"])
        direct = event.get("channel_type") == "im" or channel.startswith("D")
        if not self._wanted(event, files, direct=direct):
            return False
        upload = Upload(
            channel, str(event["user"]), str(event.get("user_team") or event.get("source_team") or event.get("team") or ""),
            str(event.get("thread_ts") or (event["ts"] if direct else "")),
            [{name: file[name] for name in _KEPT if name in file} for file in files[:_MOST_FILES]],
        )  # fmt: skip
        key = f"{_PREFIX}{self._team}:{channel}:{event['ts']}"
        if self._store.claim(key, msgspec.json.encode(upload).decode(), f"slack:{self._team}:{upload.person}"):
            self._later(self._offer, key, upload)
        return True

    def resume(self) -> None:
        """Do again what a process that died has left."""
        for key, upload in left.read(self._store, _PREFIX, Upload):
            if self._store.claim(key):
                self._later(self._offer, key, upload)

    def submit(self, body: Mapping[str, Any], metadata: Mapping[str, str]) -> dict[str, str]:
        """Take up a form. What is wrong with it, by field."""
        files, pasted = views.given_guide(body["view"]["state"]["values"])
        if files and pasted.strip():
            return {views.GUIDE_TEXT: NOT_BOTH}
        if not files and not pasted.strip():
            return {views.GUIDE_FILE: GIVE_ONE}
        person, team = str(body["user"]["id"]), str(body["user"].get("team_id") or "")
        spot = Spot(metadata.get("channel") or person, person, team, metadata.get("response_url", ""))
        self._later(self._administration.offer, spot, files[:1], "" if files else pasted)
        return {}

    def _wanted(self, event: Mapping[str, Any], files: list[Any], *, direct: bool) -> bool:
        """Whether a message brings a guide, or wants to."""
        said = str(event.get("text") or "")
        read = words.read(said, self._bot_user)
        adds = _ADD.match(read) is not None
        if direct:
            return bool(files) and (adds or not words.looks_like_question(read))
        mentioned = event.get("type") == "app_mention" or words.mentions(said, self._bot_user)
        return mentioned and adds and (bool(files) or _ADD.fullmatch(read.strip(" .!")) is not None)

    def _offer(self, key: str, upload: Upload) -> None:
        spot = Spot(upload.channel, upload.person, upload.team, thread=upload.thread)
        if upload.files:
            self._administration.offer(spot, upload.files)
        else:
            self._administration.tell(spot, NO_FILE)
        self._store.finish(key)
