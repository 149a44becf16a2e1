"""Builds the Slack platform from its parts and runs it, over Socket Mode or HTTP."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk.errors import SlackApiError, SlackClientError
from waitress.server import create_server

from bot.adapters.slack import admin_events, events, interactions
from bot.adapters.slack.admin import Administration
from bot.adapters.slack.answering import Answering
from bot.adapters.slack.channels import Channels
from bot.adapters.slack.events import Workspace
from bot.adapters.slack.files import Files
from bot.adapters.slack.people import People
from bot.adapters.slack.post import Post, client
from bot.adapters.slack.runs import Runs
from bot.adapters.slack.uploads import Uploads
from bot.admin import rights
from bot.admin.bot_office import BotOffice
from bot.desk import BotDesk, Desk
from bot.office import Office
from bot.settings import Settings
from bot.store import DAY, Store, open_store
from bot.wiring import Bot
from retrieval.errors import SettingsError

log = logging.getLogger(__name__)

HTTP_PATH = "/slack/events"
_HANDS = 4  # threads for what is neither an answer nor an acknowledgement, such as opening a modal
_CLERKS = 3  # threads for administration, which may take its time
_MOST_BYTES = 1_048_576  # of an HTTP request
_HTTP_THREADS = 2
_MOST_CONNECTIONS = 1_000


class SlackPlatform:
    """The bot in one workspace. `start` connects and returns; `stop` finishes what is being answered, and leaves the store open.

    Raises SettingsError where a token is missing or not accepted.
    """

    def __init__(
        self, settings: Settings, desk: Desk, office: Office, store: Store, *, http: bool = False, ping_interval: float = 10.0,
        again: float = 15.0, wait: Callable[[float], bool] | None = None, now: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._http = http
        self._again = again
        self._now = now
        self._ping_interval = ping_interval
        _require(settings, http=http)
        web = client(settings.slack_bot_token.reveal(), settings.slack_api_base_url)
        who = _identity(web)
        team, bot_user = who["team_id"], who["user_id"]
        self.store = store
        self._hands = ThreadPoolExecutor(_HANDS, thread_name_prefix="slack-hands")
        self._clerks = ThreadPoolExecutor(_CLERKS, thread_name_prefix="slack-office")
        people = People(web, team, rights.named(settings.admins, "slack", team), guests=settings.slack_guests)
        post, channels = Post(web), Channels(self.store, team, people)
        self.runs = Runs(office, post, self.store, wait)
        self._administration = Administration(office, people, channels, post, Files(web), self.runs, bot_user)
        uploads = Uploads(self._administration, self.store, team, bot_user, self._slowly)
        self.answering = Answering(desk, self.store, post, people)
        self.workspace = Workspace(web, team, bot_user, desk, self.store, post, people, self.answering, channels, uploads)
        self._app = self._listening(web)
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._closers: list[Callable[[], Any]] = []
        self.port = 0

    def start(self) -> None:
        """Take up what the last process left, then listen."""
        self.store.prune()
        self._resume()
        if self._http:
            self._serve()
        else:
            self._connect()
        self._thread(self._sweep)

    def stop(self) -> None:
        """Stop listening, finish what is being answered, leave the rest for the next start."""
        self._stopped.set()
        for close in self._closers:
            close()
        self._hands.shutdown(wait=True)
        self._clerks.shutdown(wait=True)
        self.runs.close()
        self.answering.close()
        for thread in self._threads:
            thread.join(timeout=10)

    def _listening(self, web: Any) -> App:
        """A bolt app whose listeners answer Slack when they return, so that what is acknowledged has been remembered."""
        secret = self._settings.slack_signing_secret.reveal()
        errors = logging.getLogger(f"{__name__}.bolt")
        errors.setLevel(logging.ERROR)  # its warnings are of SLACK_BOT_TOKEN in the environment, which is meant
        app = App(client=web, signing_secret=secret, process_before_response=True, name="fingerpost", logger=errors)
        events.listen(app, self.workspace, self._later)
        admin_events.listen(app, self._administration, self.workspace.uploads, self.workspace.post, self._later, self._slowly)
        interactions.listen(app, self.workspace, self._later)
        return app

    def _later(self, function: Callable[..., Any], *arguments: Any) -> None:
        self._hands.submit(_guarded, function, *arguments)

    def _slowly(self, function: Callable[..., Any], *arguments: Any) -> None:
        self._clerks.submit(_guarded, function, *arguments)

    def _resume(self) -> None:
        """Take up what other processes left: answers, files, runs."""
        for resume in (self.answering.resume, self.workspace.uploads.resume, self.runs.resume):
            _guarded(resume)

    def _connect(self) -> None:
        handler = SocketModeHandler(self._app, self._settings.slack_app_token.reveal(), ping_interval=self._ping_interval)
        try:
            handler.connect()  # type: ignore[no-untyped-call]
        except SlackApiError as error:
            raise SettingsError(
                f"Slack does not take FINGERPOST_SLACK_APP_TOKEN ({error.response.get('error')}); make an app-level token with "
                "connections:write under Basic Information, App-Level Tokens"
            ) from error
        self._closers.append(handler.close)

    def _serve(self) -> None:
        server = create_server(
            SlackRequestHandler(self._app, path=HTTP_PATH), host=self._settings.slack_http_host, port=self._settings.slack_http_port,
            threads=_HTTP_THREADS, ident=None, clear_untrusted_proxy_headers=True, connection_limit=_MOST_CONNECTIONS,
            backlog=_MOST_CONNECTIONS, max_request_body_size=_MOST_BYTES,
        )  # fmt: skip
        self.port = server.effective_port
        self._thread(lambda: self._run_server(server))
        self._closers.append(lambda: _close(server))

    def _run_server(self, server: Any) -> None:
        try:
            server.run()
        except OSError:  # its socket was closed while it waited on it, which is how it is stopped
            if not self._stopped.is_set():
                raise

    def _sweep(self) -> None:
        """Now and then take up what could not be sent, and what other processes left; once a day delete what is too old."""
        pruned = self._now()
        while not self._stopped.wait(self._again):
            self._resume()
            if self._now() - pruned > DAY:
                _guarded(self.store.prune)
                pruned = self._now()

    def _thread(self, function: Callable[[], Any]) -> None:
        thread = threading.Thread(target=function, daemon=True, name="slack")
        thread.start()
        self._threads.append(thread)


def run(bot: Bot, *, http: bool = False, stop: threading.Event | None = None, say: Callable[[str], None] = log.info) -> None:
    """Serve Slack until `stop` is set or the process is interrupted. `say` is told where it listens. Raises SettingsError."""
    with closing(open_store(bot.settings)) as store:
        platform = SlackPlatform(bot.settings, BotDesk(bot), BotOffice(bot, store), store, http=http)
        bot.engine()
        platform.start()
        where = f"HTTP, port {platform.port}, path {HTTP_PATH}" if http else "Socket Mode"
        say(f"Slack: connected to workspace {platform.workspace.team} ({where}). Ctrl-C stops.")
        try:
            (stop or threading.Event()).wait()
        except KeyboardInterrupt:
            pass
        finally:
            platform.stop()


def _close(server: Any) -> None:
    """Close an HTTP server with its connections in its own thread, which that wakes."""

    def close() -> None:
        for channel in list(server.active_channels.values()):
            channel.close()
        server.close()

    with suppress(OSError):  # it has just been awake, and is closed already
        server.trigger.pull_trigger(close)


def _guarded(function: Callable[..., Any], *arguments: Any) -> None:
    try:
        function(*arguments)
    except Exception:
        log.exception("%s failed", getattr(function, "__name__", "a task"))


def _require(settings: Settings, *, http: bool) -> None:
    """Refuse to start without the tokens that this way of connecting needs. Raises SettingsError."""
    needed = [("SLACK_BOT_TOKEN", settings.slack_bot_token, "xoxb-", "OAuth & Permissions")]
    if http:
        needed.append(("SLACK_SIGNING_SECRET", settings.slack_signing_secret, "", "Basic Information, Signing Secret"))
    else:
        needed.append(("SLACK_APP_TOKEN", settings.slack_app_token, "xapp-", "Basic Information, App-Level Tokens, connections:write"))
    for name, secret, prefix, place in needed:
        if not secret:
            raise SettingsError(f"FINGERPOST_{name} is not set; in your Slack app's pages it stands under {place}")
        if not secret.reveal().startswith(prefix):
            raise SettingsError(f"FINGERPOST_{name} does not begin with {prefix}; the right one stands under {place}")


def _identity(web: Any) -> dict[str, str]:
    try:
        found = web.auth_test()
    except (SlackClientError, OSError) as error:
        if isinstance(error, SlackApiError) and error.response.status_code == 200:
            reason = error.response.get("error")
            raise SettingsError(
                f"Slack does not take FINGERPOST_SLACK_BOT_TOKEN ({reason}); copy it anew from OAuth & Permissions"
            ) from error
        raise SettingsError(
            f"Slack cannot be reached at {web.base_url}: {error}; check the network and FINGERPOST_SLACK_API_BASE_URL"
        ) from error
    return {"team_id": str(found["team_id"]), "user_id": str(found["user_id"])}
