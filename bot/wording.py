"""Every sentence that the bot says in its own words.

`_` marks a message for the catalogues in `bot/languages/`, `n_` the two forms of one that counts; `bot/speech.py` says them in
the asker's language.
"""

from __future__ import annotations

import re


def _(message: str) -> str:
    """Mark a message for translation."""
    return message


def n_(one: str, many: str) -> tuple[str, str]:
    """Mark the forms of a message for one and for many."""
    return one, many


SMALL_TALK: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), reply)  # of a text in lower case
    for pattern, reply in (
        (
            r"^\W*(?:hi|hiya|hello+|hey+|yo|howdy|sup|good (?:morning|afternoon|evening|day)|greetings|hola|hallo|bonjour|salut|"
            r"ol[aá]|namaste|moin|servus)(?:[\s,]+(?:there|all|everyone|bot|team|folks|fingerpost|again|guys))*\W*$",
            _("Hello! Ask me about {about}, and I quote what the guides say."),
        ),
        (
            r"^\W*(?:(?:ok(?:ay)?|great|cool|nice|perfect|awesome|got it|alright)[\s,!.]*)*(?:thanks?|thank you|thx|ty|cheers|gracias|"
            r"danke|merci|obrigad[oa]|dhanyavaad|shukriya)\b[^?]{0,40}$|"
            r"^\W*(?:(?:lol|haha\w*|ok(?:ay)?|ah|oh|hm+|well|yeah|yep|cool|nice|great)[\s,!.]+)*"
            r"(?:fair enough|(?:that )?makes sense|(?:i )?got it|good to know|i see|understood|sounds good|(?:that'?s )?helpful)\W*$",
            _("You're welcome. Ask again whenever you like."),
        ),
        (
            r"^\W*(?:bye+|goodbye|good ?night|see (?:you|ya)|cya|later|ciao|tsch[uü]ss|adi[oó]s|au revoir|tchau|have a (?:good|nice) "
            r"(?:one|day|weekend))\b[^?]{0,30}$",
            _("Goodbye, and good luck on your way."),
        ),
        (
            r"^\W*(?:(?:so|and|hey|hi|hello),?\s+)?(?:who|what) (?:are|r) (?:you|u)\b|"
            r"\bwhat (?:can|do) (?:you|u) (?:do|know|cover|offer)\b|"
            r"^\W*(?:help|\?+)\W*$|\bhow (?:do|does) (?:you|this bot|this) work\b|"
            r"\bare (?:you|u) (?:a |an )?(?:\w+ )?(?:bot|human|real|ai|llm|person|"
            r"robot|chat ?gpt|gpt)\b|"
            r"\bwhat (?:(?:kinds?|sorts?) of )?(?:stuff|things?|questions?) (?:can|could|may|should) (?:i|we|one) ask\b|"
            r"\bwhat(?:'s| is) your name\b|\bwhat is this (?:bot|channel)\b|\bwhat questions can\b",
            _(
                "I am Fingerpost, a bot that answers from {guides}: {about}. Each answer quotes the passage that says so; "
                "what the guides do not cover, I say. With `/path` I recommend a path."
            ),
        ),
        (
            r"^\W*(?:ok(?:ay)?|cool|nice|great|perfect|awesome|lol|haha+|wow|good bot|well done|nice one|got it|yay|yep|nope|\W+)\W*$",
            _("Glad to help. Ask me about {about}."),
        ),
        (
            r"^\W*(?:how are (?:you|u)|how(?:'s| is) it going|what'?s up|"
            r"how do you feel|are you there|you (?:there|ok|alive))\b[^?]{0,20}\?*\W*$",
            _("All well, thank you. Ask me about {about}, and I quote what the guides say."),
        ),
        (
            r"^\W*(?:tell me a joke|i love you|you(?:'re| are) (?:great|awesome|the best|stupid|dumb|useless))\b.*$",
            _("I only know what the guides say: {about}."),
        ),
    )
)

LONGEST_TALK = 160  # characters; what is longer asks something

EMPTY = _("What would you like to know? I answer from the guides about {about}. For example:")
BUSY = _("Many people are asking me at this moment. Ask again in a minute.")
TOO_LONG = _("That message is too long for me to read. Ask in a shorter one, with the question itself.")
UNCLEAR = _("I can't tell what you mean. Can you ask in a full question, for example one of these?")
NOT_COVERED = _("The guides do not cover that, so I have no answer to give.")
NOT_COVERED_WORDS = _("The guides do not cover that: nothing in them speaks of {words}.")
NOT_COVERED_GAP = _("The guides do not answer that. “{section}”: “{note}”")
NOT_COVERED_CLAIM = _("The guides do not answer that. “{section}” only marks it as the publisher's own advertising, which is not guidance.")
NOT_COVERED_LINK = _("I only answer from the guides, and cannot open links or cite other pages.")
FAILED_QUOTE = _("I found a passage, but cannot show it word for word, so I do not answer from it. Tell an admin to reindex.")
NOT_TOLD = _("What the guides do not cover: {question}")

ALL_OF = _("{first} and {last}")
EITHER_OF = _("{first} or {last}")
QUOTED = _("“{text}”")
GUIDES = n_("{amount} guide ({titles})", "{amount} guides ({titles})")
THEIR_SUBJECTS = _("their subjects")

FOUND = _("The guides on this: {places}.")
PLACE = _("“{section}” [{n}]")
SAYS = _("“{section}” “{said}” [{n}]")
CITES = _("cites {references}")
VALUE = "{label}: {column} {value} [{n}]"
ROW = "{label} [{n}]"
FIGURE = "{figure} [{n}]"
LOWEST = _("Lowest {column}: {values} [{n}].")
HIGHEST = _("Highest {column}: {values} [{n}].")
HIGHER = _("The higher of both: {label}.")
LONGER = _("The longer of both: {label}.")
WITHIN = _("What fits, by {column}: {values} [{n}].")
COUNTED = _("{count} of {all}.")
COUNT = _("“{section}” has {count}: {values} [{n}].")
DIFFERENCE = _("The difference: {amount}.")
AT_LEAST = _("at least {amount}")
AT_MOST = _("up to {amount}")
FROM_TO = _("{least} to {most}")
POINTS = n_("{amount} percentage point", "{amount} percentage points")
NONE_WITHIN = _("None in “{section}” fits; the values are in [{n}].")
SEE_ALSO = _("See also [{n}].")
DISAGREE = _("The guides give different figures: {claims}.")
SOURCE = _("The passage [{passage}] cites {reference} [{n}].")
SUMMARY = _("How {guides} begins {numbers}.")
UPDATED = _("was last updated on {date}")
NOT_DATED = _("gives no date")
ABOUT_GUIDE = _("“{title}”, by {author}, {updated} [{n}].")
AUTHOR_FOR = _("{author} for {publisher}")
ITS_AUTHOR = _("its author")
REFERENCES = _("“{title}” cites these sources {numbers}.")
CELL = _("In “{section}”, row “{row}” and column “{column}” [{n}]: {options}.")
NO_SOURCE = _("The passage [{n}] names no source beyond its article ({publisher}).")

RECOMMENDED = _("For {said}, the guide's table “{section}” recommends: {options} [{n}].")
MATCHED = _("Matched: row “{row}” and column “{column}”.")
BETWEEN = _("{said} stands between the rows “{first}” and “{second}” of “{section}”, so both apply [{n}]: {options}.")
EITHER = _("“{place}”: {options}")
ASK_AMOUNT = _("How much {axis}, in {unit}?")
ASK_EXPERIENCE = _("How many {unit} of experience do you have?")
ASK_DEFAULT = _("What is your {axis}: {values}?")
OPEN = _("{questions} Until then, from “{section}” [{n}]: {options}.")
SAID_OF_EXPERIENCE = _("{said} of experience")
SAID_OF = _("{said} of {axis}")
SAID_VALUE = _("the {axis} “{said}”")
LENGTHS = {
    "year": n_("{amount} year", "{amount} years"), "month": n_("{amount} month", "{amount} months"),
    "week": n_("{amount} week", "{amount} weeks"), "day": n_("{amount} day", "{amount} days"),
    "hour": n_("{amount} hour", "{amount} hours"), "minute": n_("{amount} minute", "{amount} minutes"),
}  # fmt: skip
UNITS = {
    "hours": _("hours"), "days": _("days"), "weeks": _("weeks"), "months": _("months"), "years": _("years"), "dollars": _("dollars"),
    "percent": _("percent"),
}  # fmt: skip

COULD_ASK = _("You could ask:")
UPDATED_ON = _("updated {date}")
IT_CITES = _("It cites: {references}")
SHORTENED = _("(shortened: ask about one of these to see the rest)")
DISAGREE_ABOUT = _("The guides disagree about {about}")
QUOTED_NOTE = _("Quoted from the guides; nothing here was generated.")
REPHRASED_NOTE = _("Put into words by a language model from the quotes, and checked against them. The quotes are what counts.")
SHOW_REST = _("Show the rest")
SHOW_PICTURE = _("Show as a picture")
OTHER_PROFILE = _("Try another profile")
SAY_REST = _("Say the rest")
SHARE = _("Share to channel")
GOOD, BAD = _("Good answer"), _("Bad answer")
HELPED, NOT_HELPED = _("This answer helped"), _("This answer did not help")
OPEN_SOURCE = _("Open the source")


def small_talk(message: str) -> str | None:
    """The reply to a greeting, thanks or a question about the bot, with {about} and {guides} to fill in."""
    if len(message) > LONGEST_TALK:
        return None
    said = message.lower()
    return next((reply for pattern, reply in SMALL_TALK if pattern.search(said)), None)
