"""What the Discord adapter itself says: help, refusals and errors. None of it names an exception."""

from __future__ import annotations

from bot.settings import megabytes

HELP = (
    "I answer from this team's guides, with the passages that say so. Mention me with a question, write to me directly, or use "
    "/ask; /path recommends from the guides' tables, /guide shows a guide. Reply to an answer of mine to go on from there, "
    "leaving the mention on: without a mention I cannot read a message."
)
EXPIRED = "That answer is too old for its buttons. Ask again with /ask."
UNKNOWN_BUTTON = "This button is from another version of me. Ask again with /ask."
SHARED = "This answer has been shared already."
QUIET = "This channel is kept quiet by its admins; only you see what I say here."
NOTHING_TO_READ = "There is no text in that message that I could look up."
NO_GUIDE = "There is no guide or section of that name. Choose one from the list that opens while you type."
NO_TABLES = "The guides hold no decision table that I could recommend from. Ask me a question with /ask instead."
UNHEARD = "I cannot read messages that do not mention me. Mention me, or reply to me with the mention left on, and I will answer."
FORGOTTEN = "Done: your questions and your verdicts are deleted here. What was said in channels stands there until Discord deletes it."
THANKS = "Thank you; noted."
COMMANDS_CHANGED = "This command has changed. Reload Discord (Ctrl+R) and use it again."
BELOW = "It stands below, for everybody here."
DIRECTLY = "The rest of this is for whoever began it, and was sent to them directly."
FILE_GONE = "Discord does not have that file any more. Upload it again with /fingerpost guides add."
FILE_NOT_FETCHED = "I could not fetch that file from Discord, and nothing was changed. Try again in a minute."
INTERRUPTED = "I was restarted while I worked on this. See whether it was done, and if it was not, try again."
NO_INDEX = "There is no index to answer from. An admin has to run `fingerpost reindex` where I run."


def failed(error_id: str) -> str:
    """Something went wrong in the bot itself."""
    return f"Something went wrong on my side, and nothing was answered. Try again; if it stays so, tell an admin the error id {error_id}."


def wait(seconds: float) -> str:
    """The asker was too fast."""
    whole = max(1, round(seconds + 0.49))
    return f"That was a lot of questions. Ask again in {whole} second{'' if whole == 1 else 's'}."


def lacking(permission: str, channel: str) -> str:
    """The bot may not answer where it was asked."""
    return (
        f"You asked me something in #{channel}, but I may not answer there: I need the permission “{permission}” in that channel. "
        "Someone who manages the server can give it to me. Here I can answer you at once."
    )


def forbidden(permission: str) -> str:
    """The asker may not do that."""
    return f"For this you need the permission “{permission}” on this server, or to be an admin of mine. Somebody who has it can do it."


def too_large(filename: str, most: int) -> str:
    """A file is larger than the bot takes."""
    return f"{filename} is too large: I take at most {megabytes(most)}, and nothing was changed. Give a smaller file, or a part of it."


def not_placed(axes: list[tuple[str, tuple[str, ...]]]) -> str:
    """A value was given that the table has no place for."""
    allowed = " ".join(f"For {axis}, give {' or '.join(f'“{label}”' for label in labels)}." for axis, labels in axes)
    return f"I could not place that in the guide's table. {allowed}"


def mode_set(channel: str, mode: str) -> str:
    """A channel's mode was changed."""
    return f"#{channel}: {MODES[mode]}"


MODES = {
    "mention": "I answer when I am mentioned or replied to.",
    "forum": "I answer each new post of this forum once, by its title, and then when I am mentioned or replied to.",
    "quiet": "I say nothing here that others see; /ask answers privately.",
}
