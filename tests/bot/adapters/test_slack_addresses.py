"""Where a file may be fetched from with the bot's token: from Slack, and from nowhere else."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.files import trusted

API = "https://slack.com/api/"
PIECES = st.sampled_from([
    "https", "http", "://", ":", "//", "/", "\\", "@", "slack.com", "files.slack.com", "evil.example", ".", "-", "#", "?", "%2e", "\t",
    "\n", " ", "443", "80", "[::1]", "127.0.0.1", "a", "\u3002", "ſlack.com", "\x00",
])  # fmt: skip


@pytest.mark.parametrize(
    "url", ["https://files.slack.com/files-pri/T1-F1/download/a.md?t=x", "https://slack.com/a", "https://t.slack.com:443/a"]
)
def test_slacks_own_addresses_are_trusted_as_they_are(url: str) -> None:
    assert trusted(url, API) == url


def test_the_address_of_another_web_api_is_trusted_to_the_port() -> None:
    """A server that is compatible with Slack hands out its own files; another port of it does not."""
    api = "http://127.0.0.1:8080/api/"
    assert trusted("http://127.0.0.1:8080/f/a.md", api) == "http://127.0.0.1:8080/f/a.md"
    assert trusted("http://127.0.0.1:8081/f/a.md", api) is None
    assert trusted("http://127.0.0.1/f/a.md", api) is None


@given(st.sampled_from(["https://", "http://", "//", ""]), st.lists(PIECES, max_size=6))
def test_no_other_host_is_ever_trusted(begins: str, pieces: list[str]) -> None:
    """However an address is put together, what is dialled is Slack, over TLS."""
    url = begins + "".join(pieces)
    if (found := trusted(url, API)) is not None:
        there = urlsplit(found)
        assert (there.scheme, f".{there.netloc}".removesuffix(":443")[-10:]) == ("https", ".slack.com")
