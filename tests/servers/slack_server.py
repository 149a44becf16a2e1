"""A Slack workspace on the loopback, for the real slack_bolt and slack_sdk: Web API, Socket Mode and signed HTTP.

Faithful in failure: what is not acknowledged within the deadline is delivered again with the same event_id, sockets are
dropped and refreshed, triggers expire, response_urls wear out, methods are rate limited, and blocks beyond Slack's
limits are refused. It runs in a thread of its own; its methods may be called from any other.

    with SlackServer() as slack:
        slack.url            # the base of the Web API is slack.url + "/api/"
        slack.people.says("U0ANN", "C0GEN", "<@U0BOT> Do I need a degree?")
        slack.wait(lambda: slack.world.by_bot("C0GEN"))
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, Self, TypeVar

import aiohttp
from aiohttp import web

from tests.servers import slack_api, slack_files
from tests.servers.slack_delivery import EVENT, Delivery, Posts, Sockets, deliver
from tests.servers.slack_people import People, event_payload, message_event
from tests.servers.slack_world import SCOPES, Json, Message, World, small_world

T = TypeVar("T")
PATIENCE = 20.0  # seconds; how long a test waits before it fails


@dataclass
class Place:
    """Where a response_url leads. `strict` is one that does not let the app post for everybody."""

    channel: str
    user: str
    at: float
    message_ts: str = ""
    uses: int = 0
    strict: bool = False


class SlackServer:
    """One workspace with one app. `deadline` is Slack's three seconds, `retries` the waits before deliveries are repeated."""

    def __init__(
        self, *, deadline: float = 3.0, retries: tuple[float, ...] = (0.0, 0.3, 1.0), now: Callable[[], float] = time.monotonic
    ) -> None:
        self.world: World = small_world()
        self.deadline = deadline
        self.retries = retries
        self.now = now
        self.scopes = set(SCOPES)
        self.subscribed = {"app_mention", "message.im", "app_home_opened"}
        self.calls: list[tuple[str, Json]] = []
        self.clock = time.monotonic  # that of `times`
        self.times: list[tuple[str, float]] = []  # of the calls
        self.downloads: list[tuple[str, str]] = []  # paths that were fetched, with the Authorization that came along
        self.responses: list[Json] = []
        self.deliveries: list[Delivery] = []
        self.limits: dict[str, tuple[int, int]] = {}  # method: seconds to wait, how often it is refused
        self.failures: dict[str, tuple[str, int]] = {}  # method: error, how often
        self.statuses: dict[tuple[str, str], str] = {}
        self.response_urls: dict[str, Place] = {}
        self.lost_acks = 0  # acknowledgements that get lost on their way
        self.people = People(self)
        self.posts: Posts | None = None
        self._triggers: dict[str, float | None] = {}
        self._tickets: set[str] = set()
        self._changes = threading.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        assert started.wait(PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(PATIENCE)

    @property
    def api(self) -> str:
        """The base of the Web API."""
        return f"{self.url}/api/"

    def count(self, method: str) -> int:
        """How often a method was called, refusals included."""
        return sum(name == method for name, _ in self.calls)

    def wait(self, found: Callable[[], T], patience: float = PATIENCE) -> T:
        """What `found` gives as soon as it is true."""
        end = time.monotonic() + patience
        with self._changes:
            while not (result := found()):
                if (left := end - time.monotonic()) <= 0:
                    raise AssertionError(f"waited in vain; the app has posted {[m.text[:80] for m in self.world.by_bot()]}")
                self._changes.wait(min(left, 0.2))
        return result

    def settled(self) -> None:
        """Wait until everything is delivered, or given up."""
        self.wait(lambda: all(delivery.done for delivery in self.deliveries))

    def changed(self) -> None:
        """Something has happened that a test may wait for."""
        with self._changes:
            self._changes.notify_all()

    def deliver(self, kind: str, payload: Json) -> Delivery:
        """Tell the app something, in the background."""
        delivery = Delivery(kind, payload)
        self.deliveries.append(delivery)
        self._loop.call_soon_threadsafe(self._start, delivery)
        return delivery

    def deliver_over_http(self, port: int) -> None:
        """From now on, deliver to this port of the app in place of sockets."""
        self.posts = Posts(self, f"http://127.0.0.1:{port}/slack/events")

    def loses_ack(self) -> bool:
        """Whether this acknowledgement gets lost."""
        self.lost_acks -= 1
        return self.lost_acks >= 0

    def drop_sockets(self) -> None:
        """Cut all sockets without a word."""
        self._call(self.sockets.drop())

    def refresh_sockets(self) -> None:
        """Ask the app to connect anew."""
        self._call(self.sockets.refresh())

    def trigger(self) -> str:
        """A new trigger_id: good once, for three seconds."""
        name = f"trigger-{self.world.number()}"
        self._triggers[name] = self.now()
        return name

    def spend(self, trigger: str) -> None:
        """Use up a trigger. Raises Refused."""
        if trigger not in self._triggers:
            raise slack_api.Refused("invalid_trigger_id")
        if (at := self._triggers[trigger]) is None:
            raise slack_api.Refused("exchanged_trigger_id")
        if self.now() - at > 3.0:
            raise slack_api.Refused("expired_trigger_id")
        self._triggers[trigger] = None

    def response_url(self, channel: str, user: str, message_ts: str = "") -> str:
        """A new response_url."""
        name = f"r{self.world.number()}"
        self.response_urls[name] = Place(channel, user, self.now(), message_ts)
        return f"{self.url}/response/{name}"

    def socket_url(self) -> str:
        """An address for one socket."""
        ticket = f"ticket-{self.world.number()}"
        self._tickets.add(ticket)
        return f"{self.url.replace('http', 'ws')}/link?ticket={ticket}"

    def take_ticket(self, ticket: str) -> bool:
        """Whether this ticket was not used before."""
        there = ticket in self._tickets
        self._tickets.discard(ticket)
        return there

    def echo(self, message: Message) -> None:
        """Tell the app of its own message, as Slack does where it subscribes to messages there."""
        event = message_event(message)
        if not message.only_for and self.people.subscribes(event):
            self.deliver(EVENT, event_payload(event, self.world.number()))

    def _start(self, delivery: Delivery) -> None:
        task = self._loop.create_task(deliver(self, delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(PATIENCE)

    def _run(self, started: threading.Event) -> None:
        asyncio.run(self._serve(started))

    async def _serve(self, started: threading.Event) -> None:
        self._loop, self._over, self.sockets = asyncio.get_running_loop(), asyncio.Event(), Sockets(self)
        app = web.Application(client_max_size=10_000_000)
        app.router.add_post("/api/{method}", partial(slack_api.call, self))
        app.router.add_post("/response/{id}", partial(slack_api.respond, self))
        app.router.add_post("/upload/{id}", self._upload)
        app.router.add_get("/link", self.sockets.accept)
        app.router.add_get("/files-pri/{id}/download/{name}", partial(slack_files.download, self))
        app.router.add_get("/login", partial(slack_files.login, self))
        app.router.add_get("/stolen/{name}", partial(slack_files.login, self))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=self.deadline)
        ) as self.session:
            started.set()
            await self._over.wait()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await runner.cleanup()

    async def _upload(self, request: web.Request) -> web.Response:
        self.world.uploads[request.match_info["id"]] = await request.read()
        return web.Response(text="OK")
