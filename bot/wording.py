"""Every sentence that the bot says in its own words."""

from __future__ import annotations

import re
from collections.abc import Sequence

SMALL_TALK: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), reply)
    for pattern, reply in (
        (
            r"^\W*(?:hi|hiya|hello+|hey+|yo|howdy|sup|good (?:morning|afternoon|evening|day)|greetings|hola|hallo|bonjour|salut|"
            r"ol[aá]|namaste|moin|servus)(?:[\s,]+(?:there|all|everyone|bot|team|folks|fingerpost|again|guys))*\W*$",
            "Hello! Ask me about {about}, and I quote what the guides say.",
        ),
        (
            r"^\W*(?:(?:ok(?:ay)?|great|cool|nice|perfect|awesome|got it|alright)[\s,!.]*)*(?:thanks?|thank you|thx|ty|cheers|gracias|"
            r"danke|merci|obrigad[oa]|dhanyavaad|shukriya)\b[^?]{0,40}$",
            "You're welcome. Ask again whenever you like.",
        ),
        (
            r"^\W*(?:bye+|goodbye|good ?night|see (?:you|ya)|cya|later|ciao|tsch[uü]ss|adi[oó]s|au revoir|tchau|have a (?:good|nice) "
            r"(?:one|day|weekend))\b[^?]{0,30}$",
            "Goodbye, and good luck on your way.",
        ),
        (
            r"^\W*(?:(?:so|and|hey|hi|hello),?\s+)?(?:who|what) (?:are|r) (?:you|u)\b|"
            r"\bwhat (?:can|do) (?:you|u) (?:do|know|cover|offer)\b|"
            r"^\W*(?:help|\?+)\W*$|\bhow (?:do|does) (?:you|this bot|this) work\b|"
            r"\bare (?:you|u) (?:a |an )?(?:\w+ )?(?:bot|human|real|ai|llm|person|"
            r"robot|chat ?gpt|gpt)\b|\bwhat(?:'s| is) your name\b|\bwhat is this (?:bot|channel)\b|\bwhat questions can\b",
            "I am Fingerpost, a bot that answers from {guides}: {about}. Each answer quotes the passage that says so; "
            "what the guides do not cover, I say. With `/path` I recommend a path.",
        ),
        (
            r"^\W*(?:ok(?:ay)?|cool|nice|great|perfect|awesome|lol|haha+|wow|good bot|well done|nice one|got it|yay|yep|nope|\W+)\W*$",
            "Glad to help. Ask me about {about}.",
        ),
        (
            r"^\W*(?:how are (?:you|u)|how(?:'s| is) it going|what'?s up|"
            r"how do you feel|are you there|you (?:there|ok|alive))\b[^?]{0,20}\?*\W*$",
            "All well, thank you. Ask me about {about}, and I quote what the guides say.",
        ),
        (
            r"^\W*(?:tell me a joke|i love you|you(?:'re| are) (?:great|awesome|the best|stupid|dumb|useless))\b.*$",
            "I only know what the guides say: {about}.",
        ),
    )
)

EMPTY = "What would you like to know? I answer from the guides about {about}. For example:"
TOO_LONG = "That message is too long for me to read. Ask in a shorter one, with the question itself."
UNCLEAR = "I can't tell what you mean. Can you ask in a full question, for example one of these?"
NOT_COVERED = "The guides do not cover that, so I have no answer to give."
NOT_COVERED_WORDS = "The guides do not cover that: nothing in them speaks of {words}."
NOT_COVERED_GAP = "The guides do not answer that. “{section}” notes that the article mentions it, but does not list or say it."
NOT_COVERED_CLAIM = "The guides do not answer that. “{section}” only marks it as the publisher's own advertising, which is not guidance."
NOT_COVERED_LINK = "I only answer from the guides, and cannot open links or cite other pages."
FAILED_QUOTE = "I found a passage, but cannot show it word for word, so I do not answer from it. Tell an admin to reindex."

FOUND = "The guides on this: {places}."
PLACE = "“{section}” [{n}]"
SAYS = "“{section}” “{said}” [{n}]"
CITES = "cites {references}"
VALUE = "{label}: {column} {value} [{n}]"
ROW = "{label} [{n}]"
FIGURE = "{figure} [{n}]"
LOWEST = "Lowest {column}: {values} [{n}]."
HIGHEST = "Highest {column}: {values} [{n}]."
HIGHER = "The higher of both: {label}."
LONGER = "The longer of both: {label}."
WITHIN = "What fits, by {column}: {values} [{n}]."
COUNTED = "{count} of {all}."
COUNT = "“{section}” has {count}: {values} [{n}]."
DIFFERENCE = "The difference: {amount}."
NONE_WITHIN = "None in “{section}” fits; the values are in [{n}]."
TABLE = "The table “{section}” [{n}]."
DISAGREE = "The guides give different figures: {claims}."
SOURCE = "The passage [{passage}] cites {reference} [{n}]."
SUMMARY = "How {guides} begins {numbers}."
UPDATED = "was last updated on {date}"
NOT_DATED = "gives no date"
ABOUT_GUIDE = "“{title}”, by {author}, {updated} [{n}]."
REFERENCES = "“{title}” cites these sources {numbers}."
CELL = "In “{section}”, row “{row}” and column “{column}” [{n}]: {options}."
NO_SOURCE = "The passage [{n}] names no source beyond its article ({publisher})."
NOT_TOLD = "What the guides do not cover: {question}"

RECOMMENDED = "For {said}, the guide's table “{section}” recommends: {options} [{n}]."
MATCHED = "Matched: {places}."
BETWEEN = "{said} stands between the rows “{first}” and “{second}” of “{section}”, so both apply [{n}]: {options}."
EITHER = "“{place}”: {options}"
ASK_AMOUNT = "How much {axis}, in {unit}?"
ASK_EXPERIENCE = "How many {unit} of {axis} do you have?"
ASK_DEFAULT = "What is your {axis}: {values}?"
OPEN = "{questions} Until then, from “{section}” [{n}]: {options}."


def listed(values: Sequence[str], word: str = "and") -> str:
    """Join values as a sentence does: "a", "a and b", "a, b and c"."""
    items = list(values)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {word} {items[-1]}" if items else ""


def small_talk(message: str) -> str | None:
    """The reply to a greeting, thanks or a question about the bot, with {about} and {guides} to fill in."""
    for pattern, reply in SMALL_TALK:
        if pattern.search(message) and len(message) <= 160:
            return reply
    return None
