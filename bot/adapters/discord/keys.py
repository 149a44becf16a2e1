"""The names under which the store keeps what belongs to Discord."""

from __future__ import annotations

PLATFORM = "discord"
ALIVE = "discord:alive"  # when the bot was last connected
DIRECT = "discord:direct"  # the channels of the last direct messages
MESSAGES = "discord:message:"
INTERACTIONS = "discord:interaction:"


def message(message_id: int) -> str:
    """A message that asks."""
    return f"{MESSAGES}{message_id}"


def interaction(interaction_id: int) -> str:
    """A command, a click or a form."""
    return f"{INTERACTIONS}{interaction_id}"


def answer(answer_id: str) -> str:
    """An answer of the bot's."""
    return f"discord:answer:{answer_id}"


def person(user_id: int) -> str:
    """Somebody."""
    return f"discord:user:{user_id}"


def thread(guild_id: int | None, channel_id: int | None, anchor: int) -> str:
    """A conversation: in a channel, begun by a message or a command."""
    return f"discord:{guild_id or 0}:{channel_id or 0}:{anchor}"


def channel(guild_id: int | None, channel_id: int) -> str:
    """A channel, for its mode."""
    return f"discord:{guild_id or 0}:{channel_id}"


def at(message_id: int) -> str:
    """A message of the bot's, for the conversation that it belongs to."""
    return f"discord:at:{message_id}"


def shared(answer_id: str) -> str:
    """That an answer has been shared."""
    return f"discord:shared:{answer_id}"


def hint(thread_key: str) -> str:
    """That somebody in a conversation has been told how to be heard."""
    return f"{thread_key}:hint"
