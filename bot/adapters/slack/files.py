"""Files that people upload to Slack: fetched with the bot's token, which goes to Slack's own hosts and nowhere else."""

from __future__ import annotations

import logging
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.parse import SplitResult, urlsplit, urlunsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.settings import megabytes
from retrieval.errors import RequestError

log = logging.getLogger(__name__)

NOT_READABLE = (
    "Slack does not let me read “{name}”. I may lack the scope files:read, or the file belongs to a channel without me; "
    "fingerpost doctor says which. Nothing was changed."
)
TOO_LARGE = "“{name}” is too large: I take at most {most}. Nothing was changed; give a smaller file, or a part of it."
NOT_THERE = "Slack has no file “{name}” that I could read: it was deleted, or it lies elsewhere and is only linked. Nothing was changed."
NOT_WHOLE = "“{name}” did not arrive whole from Slack, so nothing was changed. Try again in a minute."
_SLACK = "slack.com"
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_PATIENCE, _SECONDS, _PIECE = 60.0, 10.0, 65_536  # seconds in all, seconds without a byte, bytes at a time
_PAGE = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_ELSEWHERE = {"external", "tombstone", "hidden_by_limit", "space", "quip", "list"}  # modes of files that have no content to fetch


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> None:
        """Never: the token would go along."""


class Files:
    """Fetches the files of one workspace."""

    def __init__(self, web: WebClient, now: Callable[[], float] = time.monotonic) -> None:
        self._web = web
        self._now = now
        self._opener = urllib.request.build_opener(_NoRedirect)

    def fetch(self, file: Mapping[str, Any], most: int) -> tuple[str, bytes]:
        """The name and the content of a file, at most so many bytes. Raises RequestError, in words for whoever uploaded it."""
        if file.get("file_access") == "check_file_info" or not file.get("url_private_download"):
            file = self._info(file)
        name = str(file.get("name") or file.get("title") or "file")[:200]
        if int(file.get("size") or 0) > most:
            raise RequestError(TOO_LARGE.format(name=name, most=megabytes(most)))
        url = str(file.get("url_private_download") or "")
        if not url or file.get("is_external") or file.get("mode") in _ELSEWHERE or not (address := trusted(url, self._web.base_url)):
            log.warning("a file was not fetched: it has no address at Slack")
            raise RequestError(NOT_THERE.format(name=name))
        content = self._read(address, name, most)
        return name, self._checked(content, file, name)

    def _info(self, file: Mapping[str, Any]) -> Mapping[str, Any]:
        """All that Slack knows of a file; for those of another workspace the event has only the id."""
        name = str(file.get("name") or "the file")
        try:
            found: Mapping[str, Any] = self._web.files_info(file=str(file.get("id") or ""))["file"]
        except SlackApiError as error:
            reason = str(error.response.get("error"))
            log.warning("files.info failed: %s", reason)
            gone = reason in ("file_not_found", "file_deleted")
            raise RequestError((NOT_THERE if gone else NOT_READABLE).format(name=name)) from error
        except (SlackClientError, OSError) as error:
            raise RequestError(NOT_WHOLE.format(name=name)) from error
        return found

    def _read(self, address: str, name: str, most: int) -> bytes:
        request = urllib.request.Request(address, headers={"Authorization": f"Bearer {self._web.token}"})  # noqa: S310  # `_trusted` knows it
        try:
            with self._opener.open(request, timeout=_SECONDS) as reply:
                return self._all(reply, name, most)
        except urllib.error.HTTPError as error:  # a redirect leads to the page for logging in
            error.close()
            log.warning("a file was not fetched: status %s", error.code)
            raise RequestError((NOT_WHOLE if error.code >= 429 else NOT_READABLE).format(name=name)) from None
        except (OSError, HTTPException, ValueError) as error:
            log.warning("a file was not fetched: %s", type(error).__name__)
            raise RequestError(NOT_WHOLE.format(name=name)) from None

    def _all(self, reply: HTTPResponse, name: str, most: int) -> bytes:
        until, content = self._now() + _PATIENCE, bytearray()
        while piece := reply.read1(_PIECE):
            content += piece
            if len(content) > most:
                raise RequestError(TOO_LARGE.format(name=name, most=megabytes(most)))
            if self._now() > until:
                raise RequestError(NOT_WHOLE.format(name=name))
        return bytes(content)

    def _checked(self, content: bytes, file: Mapping[str, Any], name: str) -> bytes:
        """The content where it is the file's: in place of one that the bot may not read, Slack sends a page."""
        announced = int(file.get("size") or len(content))
        if len(content) != announced:
            raise RequestError((NOT_READABLE if _PAGE.match(content) else NOT_WHOLE).format(name=name))
        if _PAGE.match(content) and not name.lower().endswith((".html", ".htm", ".xhtml", ".md", ".txt")):
            raise RequestError(NOT_READABLE.format(name=name))
        return content


def trusted(url: str, api: str) -> str | None:
    """The address of a file where it is Slack's own, or lies where the Web API does, written anew from its parts; None for every other."""
    own = urlsplit(api)
    try:
        there = urlsplit(url)
        host, port = there.hostname or "", there.port
    except ValueError:
        return None
    if not _HOST.fullmatch(host) or there.username is not None or there.password is not None:
        return None
    at_slack = there.scheme == "https" and port in (None, 443) and (host == _SLACK or host.endswith(f".{_SLACK}"))
    if not at_slack and (there.scheme, host, port) != (own.scheme, own.hostname, own.port):
        return None
    return urlunsplit(SplitResult(there.scheme, host if port is None else f"{host}:{port}", there.path, there.query, ""))
