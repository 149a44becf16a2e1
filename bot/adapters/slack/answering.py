"""The work behind an event: claimed once, answered once, done again by the next process where this one dies.

Events are acknowledged at once and answered on lanes. Messages of one thread run on one lane, so answers come in the
order of the questions. While a burst of events arrives, answering waits a moment: acknowledging them goes first.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
import uuid
import zlib
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec

import msgspec
from slack_sdk.errors import SlackClientError

from bot.adapters.slack import left
from bot.adapters.slack.people import PREFIX, People
from bot.adapters.slack.post import Post, Undeliverable, unreachable
from bot.desk import Desk
from bot.matrix import Matrix
from bot.messages import Answer, Ask
from bot.render import slack as render
from bot.render import slack_parts as parts
from bot.store import Store
from retrieval.errors import FingerpostError, IndexUnusable, RequestError

log = logging.getLogger(__name__)
P = ParamSpec("P")

FAILED = "Something went wrong on my side. Ask again in a minute; if it happens again, tell your admin the number {error}."
NO_INDEX = "My index of the guides is not ready. An admin must run `fingerpost reindex` where I run; then ask again. (Number {error})"
UNSURE = (
    "I read your question, but the guides do not answer it well enough to say so in front of everybody. Mention me to see what they have."
)
NO_ACCESS = "I have no access to the channel where you asked. Invite me there with /invite, or ask here."
LANES = 8  # which wait for Slack and for a language model more than they compute
_BURST = 8  # events within a second: acknowledging what comes next goes before answering
_CALM, _MOST_PATIENCE = 0.5, 2.5  # seconds without a new event that end a burst, and how long an answer waits for that
_SURE = ("answered", "recommended")


class Job(msgspec.Struct, frozen=True):
    """A question with the way back to whoever asked it. `values` are those of a recommendation's axes."""

    key: str
    team: str
    channel: str
    person: str
    question: str
    thread: str = ""
    response_url: str = ""
    asker_team: str = ""
    asked_by: str = ""
    table: str | None = None
    values: dict[str, str] = {}
    only_if_sure: bool = False
    asked_at: float | None = None

    @property
    def answer_id(self) -> str:
        """The same for each try of this job."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:16]

    @property
    def private(self) -> bool:
        """Whether only the asker sees the answer."""
        return bool(self.response_url)

    @property
    def conversation(self) -> str:
        """The thread as the store knows it."""
        return f"{PREFIX}{self.team}:{self.channel}:{self.thread}"

    @property
    def who(self) -> str:
        """The asker as the store knows them."""
        return f"{PREFIX}{self.team}:{self.person}"


class Answering:
    """Takes jobs, and sees to it that each is done once."""

    def __init__(self, desk: Desk, store: Store, post: Post, people: People) -> None:
        self._desk = desk
        self._store = store
        self._post = post
        self._people = people
        self._thinking = threading.Semaphore(2)  # at a time: more would only take the processor from the acknowledgements
        self._arrived: deque[float] = deque(maxlen=_BURST)
        self._lanes = [ThreadPoolExecutor(1, thread_name_prefix=f"slack-{n}") for n in range(LANES)]

    def take(self, job: Job) -> bool:
        """Put a job to work. False where it is being done or is done: a second delivery."""
        if not self._store.claim(job.key, msgspec.json.encode(job).decode(), job.who):
            return False
        self._arrived.append(time.monotonic())
        self._lanes[zlib.crc32(job.conversation.encode()) % LANES].submit(self._do, job)
        return True

    def resume(self) -> int:
        """Do again what a process that died has left, and what could not be sent. How many jobs that were."""
        return sum(self.take(job) for _, job in left.read(self._store, PREFIX, Job))

    def close(self) -> None:
        """Finish what is being worked on; what waits is left for the next start."""
        for lane in self._lanes:
            lane.shutdown(wait=False, cancel_futures=True)
        for lane in self._lanes:
            lane.shutdown(wait=True)

    def held(self, answer_id: str) -> tuple[Answer, Matrix | None] | None:
        """An answer that was given, with its table; None where it is too old."""
        kept = self._store.held(f"{PREFIX}answer:{answer_id}")
        if kept is None:
            return None
        answer = msgspec.json.decode(kept, type=Answer)
        return answer, self._desk.matrix(answer)

    def _do(self, job: Job) -> None:
        patience = time.monotonic() + _MOST_PATIENCE
        while time.monotonic() < patience and self._in_burst():
            time.sleep(_CALM / 5)
        recommended = None
        try:
            recommended = self._deliver(job)
        except Undeliverable as error:
            log.warning("an answer cannot be delivered: %s", error)
            self._tell(self._post.send, render.notice(NO_ACCESS), job.person)
        except Exception as error:
            log.warning("an answer is not sent yet", exc_info=error)
            if not self._store.release(job.key, counted=not unreachable(error)):
                self._tell(self._whisper, job, apology(error))
            return
        self._store.finish(job.key)  # from here on nothing releases it: it would be answered twice
        if recommended:
            self._illustrate(job, recommended)

    def _in_burst(self) -> bool:
        """Whether many events have just come, and more are likely to."""
        arrived, now = list(self._arrived), time.monotonic()
        return len(arrived) == _BURST and now - arrived[0] < 1.0 + _CALM and now - arrived[-1] < _CALM

    def _deliver(self, job: Job) -> Matrix | None:
        """Send what there is to say; the table that is to follow as a picture."""
        if (refusal := self._people.refusal(job.person, job.asker_team)) is not None:
            self._whisper(job, refusal)
            return None
        if job.thread:
            self._store.say(job.conversation, job.who, job.key, job.question, job.asked_at)
        if job.thread and not job.private and not job.only_if_sure:
            self._post.working(job.channel, job.thread)
        try:
            answer, matrix = self._answer(job)
        except Exception as error:
            self._send(job, render.notice(apology(error)))
            return None
        if job.only_if_sure and answer.outcome not in _SURE:
            self._whisper(job, UNSURE)
            return None
        self._give(job, answer, matrix)
        return matrix if answer.outcome == "recommended" and not job.private else None

    def _answer(self, job: Job) -> tuple[Answer, Matrix | None]:
        with self._thinking:
            answer, matrix = self._thought(job)
        return answer if job.table is not None else self._desk.rephrase(answer), matrix

    def _thought(self, job: Job) -> tuple[Answer, Matrix | None]:
        if job.table is not None:
            answer = msgspec.structs.replace(self._desk.recommend(job.table or None, job.values), id=job.answer_id)
        else:
            history = self._store.history(job.conversation, job.who, before=job.key) if job.thread else ()
            answer = self._desk.handle(Ask(job.question, history, job.answer_id))
        return answer, self._desk.matrix(answer)

    def _give(self, job: Job, answer: Answer, matrix: Matrix | None) -> None:
        self._store.hold(f"{PREFIX}answer:{answer.id}", msgspec.json.encode(answer).decode(), person=job.who)
        self._store.ask(answer.id, answer, job.who)
        payload = render.render(answer, matrix, private=job.private)
        if job.asked_by:
            payload["blocks"].insert(0, parts.context(f"{job.asked_by} asked: {job.question}"))
        if job.thread and not job.private:
            self._store.join(job.conversation)
        self._send(job, payload)

    def _illustrate(self, job: Job, matrix: Matrix) -> None:
        """The picture after the answer. The answer stands without it, so failing is no harm."""
        try:
            self._post.draw(matrix, job.channel, job.thread)
        except Exception as error:
            log.warning("no picture sent: %s; is the scope files:write granted?", type(error).__name__)

    def _send(self, job: Job, payload: render.Payload) -> None:
        if job.private:
            self._post.respond(payload, job.response_url, job.person, job.thread)
        else:
            self._post.send(payload, job.channel, job.thread)

    def _whisper(self, job: Job, text: str) -> None:
        """Tell the asker something that the others need not read."""
        if job.private or not job.channel.startswith(("C", "G")):
            self._send(job, render.notice(text))
        else:
            self._post.whisper(render.notice(text), job.channel, job.person, job.thread)

    def _tell(self, send: Callable[P, object], *what: P.args, **more: P.kwargs) -> None:
        """Tell the asker that there is no answer, where Slack takes that."""
        try:
            send(*what, **more)
        except (SlackClientError, OSError, FingerpostError) as error:
            log.warning("nor can the asker be told: %s", type(error).__name__)


def apology(error: Exception) -> str:
    """What to do about an error, with a number that finds it in the log. Never the error's own text, unless written for askers."""
    number = uuid.uuid4().hex[:8]
    if isinstance(error, RequestError):
        return str(error)
    log.error("error %s", number, exc_info=error)
    return (NO_INDEX if isinstance(error, IndexUnusable) else FAILED).format(error=number)
