"""What people type, as Slack delivers it, in plain words."""

from __future__ import annotations

import re

_LINK = re.compile(r"<((?:https?|mailto):[^|>]*)(?:\|([^>]*))?>")
_PERSON = re.compile(r"<@[A-Z0-9]+(?:\|([^>]*))?>")
_CHANNEL = re.compile(r"<#[A-Z0-9]+(?:\|([^>]*))?>")
_SPECIAL = re.compile(r"<!(?:subteam\^[A-Z0-9]+|date[^|>]*|[a-z]+)(?:\|([^>]*))?>")
_ASKS = re.compile(
    r"^(?:how|what|which|who|whom|whose|when|where|why|is|are|am|was|were|do|does|did|can|could|should|shall|would|will|has|have|may)\b",
    re.IGNORECASE,
)
_FEWEST_WORDS = 3  # of a message that is taken for a question without being addressed to the bot


def read(text: str, bot_user: str) -> str:
    """The words of a message: mentions of the bot gone, other people and channels named, links as their address."""
    text = re.sub(rf"<@{re.escape(bot_user)}(?:\|[^>]*)?>", " ", text)
    text = _LINK.sub(lambda m: m[2] or m[1], text)
    text = _PERSON.sub(lambda m: m[1] or "somebody", text)
    text = _CHANNEL.sub(lambda m: f"#{m[1] or 'channel'}", text)
    text = _SPECIAL.sub(lambda m: m[1] or "", text)
    for written, meant in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(written, meant)
    return " ".join(text.split())


def mentions(text: str, user: str) -> bool:
    """Whether a message mentions this user."""
    return re.search(rf"<@{re.escape(user)}(?:\|[^>]*)?>", text) is not None


def addresses_another(text: str, bot_user: str) -> bool:
    """Whether a message begins with a mention of somebody else."""
    return re.match(r"\s*<@", text) is not None and not re.match(rf"\s*<@{re.escape(bot_user)}", text)


def looks_like_question(text: str) -> bool:
    """Whether a message that is not addressed to the bot reads like a question."""
    return len(text.split()) >= _FEWEST_WORDS and (text.rstrip().endswith("?") or _ASKS.match(text) is not None)
