"""An OpenAI-compatible endpoint for chat completions. The only file that imports httpx2."""

from __future__ import annotations

import time
from dataclasses import dataclass

import msgspec

from bot.settings import Secret

MOST_BYTES = 100_000  # of an answer; what is longer is no rephrasing
MOST_TOKENS = 400


class NoAnswer(Exception):
    """The endpoint gave nothing that can be used; the text says what, in words that hold no secret and nothing of the answer."""


class _Message(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    message: _Message
    finish_reason: str | None = None


class _Completion(msgspec.Struct):
    choices: list[_Choice]


@dataclass(frozen=True)
class Endpoint:
    """Where the model is, what it is called, and how long it may take, in seconds. `url` ends before /chat/completions."""

    url: str
    model: str
    key: Secret
    seconds: float

    def complete(self, system: str, user: str) -> str:
        """What the model says. Raises NoAnswer, at the latest when its time is over."""
        import httpx2

        body = {
            "model": self.model, "temperature": 0, "max_tokens": MOST_TOKENS, "stream": False,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}],
        }  # fmt: skip
        headers = {"Authorization": f"Bearer {self.key.reveal()}"} if self.key else {}
        until = time.monotonic() + self.seconds
        try:
            # Redirects are not followed: the key and the passages are for this address only.
            with (
                httpx2.Client(timeout=self.seconds, follow_redirects=False, trust_env=False) as client,
                client.stream("POST", f"{self.url.rstrip('/')}/chat/completions", json=body, headers=headers) as response,
            ):
                if response.status_code != 200:
                    raise NoAnswer(f"it answers with status {response.status_code}")
                raw = b""
                for chunk in response.iter_bytes():
                    raw += chunk
                    if len(raw) > MOST_BYTES:
                        raise NoAnswer("its answer is far too long")
                    if time.monotonic() > until:
                        raise NoAnswer("it took too long")
        except httpx2.TimeoutException as error:
            raise NoAnswer("it took too long") from error
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError, ValueError) as error:
            raise NoAnswer(f"it cannot be reached ({type(error).__name__})") from error
        return _said(raw)


def _said(raw: bytes) -> str:
    try:
        choices = msgspec.json.decode(raw, type=_Completion).choices
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise NoAnswer("its answer is no chat completion") from error
    if not choices or not (choices[0].message.content or "").strip():
        raise NoAnswer("its answer is empty")
    if choices[0].finish_reason not in (None, "stop", "length"):
        raise NoAnswer("it declined")
    return str(choices[0].message.content)
