"""Who is asking: years of experience and role, read from the words of a message."""

from __future__ import annotations

import datetime
import math
import re
from dataclasses import dataclass

from retrieval.numerals import NUMBER_WORDS, number
from retrieval.quantities import months_per

_WORDS = "|".join(sorted((w.replace(" ", r"[\s-]+") for w in NUMBER_WORDS if w not in ("a", "an")), key=len, reverse=True))
_NUMBER = rf"(?:\d+(?:[.,]\d+)?|\b(?:{_WORDS})\b|\ban?\b(?=\s+(?:year|decade|month|yr)))"
_UNIT = r"(?:years?|yrs?|yoe|yr|y(?![a-z])|months?|mths?|mos?(?![a-z])|decades?|weeks?)"
SPAN = re.compile(
    rf"(?P<low>{_NUMBER})\s*(?:(?:-|–|to|or|and a half|and(?= \S+ (?:years?|yrs?|yoe)\b))\s*(?P<high>{_NUMBER})?\s*)?"
    rf"(?P<plus>\+|\s*plus\b)?\s*-?\s*"
    rf"(?P<unit>{_UNIT})(?P<half>\s+and\s+a\s+half)?(?P<also>\s*(?:and|,)\s*(?P<extra>\d+)\s*(?P<extraunit>months?|mos?)\b)?",
    re.IGNORECASE,
)
# Of a text in lower case, so that no letter's case is changed to compare it.
_SOME_SPAN = re.compile(rf"(?:\d|\b){_UNIT}")  # which most messages have not, and are not read by the longer expression
_SINCE = re.compile(r"\bsince\s+(?:\w+\s+)?(?P<year>(?:19|20)\d\d)\b|\bstarted\s+(?:\w+\s+){0,4}in\s+(?P<year2>(?:19|20)\d\d)\b")
_NONE = re.compile(
    r"\b(?:(?:no|zero|0|without(?: any)?|don't have any|not any)\s+(?:\w+\s+){0,3}(?:experience|exp|yoe)\b|"
    r"(?:no|zero|without(?: any)?)\s+(?:(?:professional|work(?:ing)?|paid|industry|full[- ]time|real|actual|prior)\s+)*years\b|"
    r"(?:just|recently|fresh(?:ly)?|newly)\s+(?:graduated|finished (?:my |the )?(?:uni|college|school|bachelor|degree|studies|undergrad)|"
    r"out of (?:uni|college|school))|"
    r"(?:new|recent|fresh)\s+(?:cs\s+)?grad(?:uate)?\b|fresher\b|straight out of (?:uni|college|school)|"
    r"(?:still|currently) (?:a |in )?(?:student|uni|college)\b|i'?m a (?:cs )?student\b|"
    r"(?:got|landed|started|in|at) (?:my |the )?(?:very )?first (?:\w+ ){0,2}job\b|just starting\b)"
)
# What makes a number of years something else than the asker's experience, by the words before or after it.
_BEFORE_DECOY = re.compile(
    r"(?:\b(?:within|next|in|under|less than|inside|by|after|for the next|takes?|took|maybe|over the next|another|spend|"
    r"before (?:that|then)|previously|"
    r"lasts?|last|needs?|requires?|asks? for|asking for|aged?|i'?m|turning|wait|"
    r"give (?:it|this|that)|invest|afford|spare|put in|commit)\s+(?:the\s+)?(?:about\s+|around\s+|maybe\s+|like\s+|~)?)$",
    re.IGNORECASE,
)
_AFTER_DECOY = re.compile(
    r"^\s*(?:-|\s)?(?:(?:of|in|at|into)\s+(?:(?:an?|the|my)\s+)?(?:degree|masters?|phd|uni(?:versity)?|college|school|bootcamp)|"
    r"old|of age|yo\b|from now|ahead|degree|master|phd|program(?:me)?s?\b|course|bootcamp|contract|plan|mortgage|"
    r"long|time ?frame|deadline|to (?:get|become|switch|land|make|finish|do|move)|full[- ]time (?:study|master))",
    re.IGNORECASE,
)
_AGE_BEFORE = re.compile(r"\b(?:i'?m|i am|aged?|turn(?:ing|ed)?)\s+$", re.IGNORECASE)
_OTHERS = re.compile(
    r"(?<!lead )(?<!leading )(?<!led )(?<!manage )(?<!managing )(?<!run )(?<!in )"
    r"\b(?:my|a|her|his|their|our)\s+(?:\w+\s+)?(?:friend|brother|sister|wife|husband|partner|boss|manager|colleague|coworker|"
    r"co-worker|lead|mate|buddy|dad|mom|gf|bf|girlfriend|boyfriend|ex|flatmate|cousin|"
    r"roommate|team ?lead|mentor|teammate|company|startup|team|kid|son|"
    r"daughter)\b|"
    r"\b(?:he|she|they)(?:'s|'ve| has| have| had)\b"
)
# Who asks for somebody else, and tells nothing of their own: "one of my devs has 4 years, what should she do".
_FOR_OTHERS = re.compile(r"\b(?:should|shall|can|could|would|must) (?:he|she|they)\b|\bfor (?:him|her|them)\s*(?:$|[?.,!;])")
_OWN = re.compile(r"\bi(?:'ve|'m|'d| have| am| was| got| did)\b")
# Years of something else than developing: "then 1 year as a PM", "at home with the kids for four years".
_DEVELOPS = r"(?:developer|engineer|dev|programmer|coder|writing|building|coding|programming)"
_OTHER_WORK = re.compile(
    r"^\s*(?:of |on )?(?:(?:parental|maternity|paternity) leave|sabbatical|unemployment)\b|"
    r"^\s*as (?:an? |the )?(?:(?!engineering|software|it|tech|technical|dev|data|working)\w+ )?(?:pm|po|product (?:manager|owner)|"
    r"project manager|manager|teacher|nurse|consultant|recruiter|designer|accountant|salesperson|student|parent|mother|father)\b"
    rf"(?! {_DEVELOPS}\b)"
)
_ELSEWHERE = re.compile(
    r"\b(?:at home|(?:parental|maternity|paternity) leave|career break|sabbatical|out of work|unemployed|(?:time|years?) off)\b"
    r"(?:(?!\b(?:work|cod|develop|program|dev\b))[^.,;])*$"
)
_AS_DEVELOPER = re.compile(rf"^\s*(?:as|of) (?:an? )?(?:\w+ ){{0,2}}{_DEVELOPS}\b")
_MINE = re.compile(r"\b(?:i|i'?ve|i'?m|me|my)\b", re.IGNORECASE)
_DOING = re.compile(r"^\s*(?:of\s+\w+ing|as)\b", re.IGNORECASE)  # "after ten years of writing backends"
_AGO = re.compile(r"^\s*ago\b", re.IGNORECASE)
_STARTED = re.compile(r"\b(?:graduat|start|began|join|hired|first job|since|became|switched)", re.IGNORECASE)
_LAST_YEAR = re.compile(r"\b(?:started|began|graduated|joined|hired)\b[^.]*\blast year\b")


# "my friend has 10 years, i have 1": a number that needs no unit any more.
_BARE = re.compile(rf"\bi(?:'ve|'m at)?\s+(?:only\s+)?(?:have|got|have got)?\s*(?:only\s+)?(?P<years>{_NUMBER})(?=\s*(?:[.,;!?]|$|and|so))")


# "YOE: 10", "experience = 3": a form filled in.
_FORM = re.compile(
    rf"\b(?:yoe|years(?: of (?:\w+ )?experience)?|experience|exp)\s*[:=]\s*(?P<years>{_NUMBER})(?!\s*(?:months?|mos?|weeks?)\b)"
)


# "decade of android under my belt", "3 years here, decade of java before".
_DECADE = re.compile(r"(?:^|[.,;:!?]\s*)decade (?:of|in|as)\b")


# "5 years of work, but only the last 1 as a developer": the part that counts.
_AS = re.compile(rf"\b(?:last|past|only|first)\s+(?P<years>{_NUMBER})\s+(?:of (?:them|those|it)\s+)?as\b")


# "just finished my first year as a dev", "i'm in my 2nd year on the job".
_NTH = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3}
_NTH_YEAR = re.compile(
    r"\b(?:finish(?:ed|ing)|complet(?:ed|ing)|done with|wrapp(?:ed|ing) up|through|i'?m (?:still )?in|now in)\s+my\s+"
    rf"(?P<nth>{'|'.join(_NTH)})\s+(?:year|yr)\s+(?:as\b(?! an? (?:\w+ )?student)|on the job|at work|in (?:the )?(?:job|industry|tech)\b)"
)


_LIFE = 100  # years: more is a slip, or too much for a number, and nobody's experience


@dataclass(frozen=True)
class Years:
    """A stretch of experience in years, both ends the same where it was said exactly."""

    low: float
    high: float


def experience(text: str, today: datetime.date) -> Years | None:
    """The asker's years of experience, or None where the text does not say.

    Not an age, a deadline, the length of a course or somebody else's years. The last statement counts, so that a
    correction ("sorry, I meant 1 year") wins.
    """
    text = text.lower()
    found: list[tuple[int, Years]] = [(m.start(), Years(0, 0)) for m in _NONE.finditer(text)]
    for match in _SINCE.finditer(text):
        years = max(0.0, float(today.year - int(match["year"] or match["year2"])))
        found.append((match.start(), Years(years, years)))
    if _SOME_SPAN.search(text):
        found += [(match.start(), _years(match)) for match in SPAN.finditer(text) if _is_experience(text, match)]
    found += [(m.start(), Years(10, 10)) for m in _DECADE.finditer(text)]
    for form in (_AS, _FORM):
        found += [(m.start(), Years(number(m["years"]), number(m["years"]))) for m in form.finditer(text)]
    found += [(m.start(), Years(_NTH[m["nth"]], _NTH[m["nth"]])) for m in _NTH_YEAR.finditer(text)]
    if _OTHERS.search(text):
        found += [(m.start(), Years(number(m["years"]), number(m["years"]))) for m in _BARE.finditer(text)]
    found = [(at, years) for at, years in found if years.low <= _LIFE]
    if not found and _LAST_YEAR.search(text):
        return Years(1, 1)
    return max(found, key=lambda item: item[0])[1] if found else None


def _years(match: re.Match[str]) -> Years:
    scale = months_per(match["unit"]) / 12
    low = _value(match["low"]) * scale
    high = _value(match["high"]) * scale if match["high"] else low
    extra = 0.5 if "and a half" in match.group(0).casefold() else 0.0
    if match["extra"]:
        extra += float(match["extra"]) / 12
    if match["plus"]:
        high = max(high, math.inf)
    return Years(min(low, high) + extra, max(low, high) + extra)


def _value(text: str) -> float:
    return number(text.replace(",", "."))


def _is_experience(text: str, match: re.Match[str]) -> bool:
    before, after = text[max(0, match.start() - 40) : match.start()], text[match.end() : match.end() + 40]
    clause = re.split(r"[.;!?\n]|\bbut\b", text[: match.start()])[-1]
    unit_says = match["unit"].casefold() == "yoe" or re.match(r"\s*(?:of\s+)?(?:\w+\s+){0,3}(?:experience|exp)\b", after, re.IGNORECASE)
    if (
        _AFTER_DECOY.match(after)
        or _belongs_to_others(clause, text)
        or _OTHER_WORK.match(after)
        or (_ELSEWHERE.search(clause.rpartition(",")[2]) and not _AS_DEVELOPER.match(after))
    ):
        return False
    if _AGO.match(after):
        return bool(_STARTED.search(clause))
    if _AGE_BEFORE.search(before):
        return bool(unit_says or re.match(r"\s*(?:in\b|into\b|as\b|of\b|deep)", after, re.IGNORECASE))
    if _BEFORE_DECOY.search(before) and not unit_says and not (before.rstrip().endswith("after") and _DOING.match(after)):
        return bool(re.search(r"\b(?:spent|coded for|worked for|been)\b", clause, re.IGNORECASE))
    return True


def _belongs_to_others(clause: str, text: str) -> bool:
    if _FOR_OTHERS.search(text) and not _OWN.search(text):
        return False
    others = list(_OTHERS.finditer(clause))
    return bool(others) and not _MINE.search(re.sub(r"\bmy\s+\w+", "", clause[others[-1].end() :]))


_TOWARDS = re.compile(
    r"\b(?:become|becoming|be|being hired as|to|into|toward|towards|hire|hiring|hired as|vs\.?|versus|or|than|like|for|about|of|between|"
    r"does|do|did|would|should|can|are|is|another|other|ex|former|was)\s+(?:an?\s+|the\s+)?(?:\w+\s+)?$",
    re.IGNORECASE,
)
_CLAIM = re.compile(
    r"(?:^|[.,;:!?\n(]\s*|\b(?:i'?m|i am|im|as|currently|from|background in|work as|working as|me)\s+)(?:an?\s+|the\s+)?(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
_CLAIMED_AFTER = re.compile(
    r"^s?\s*(?:here\b|with\b|for \d|since\b|by trade|\d|\(|,|\.|;|and (?:i )?want|who wants|wanting|background)", re.IGNORECASE
)


def claims(text: str, role: str) -> bool:
    """Whether the asker says to have this role ("data engineer here", "I'm a statistician"), not to aim at it."""
    if role not in text:
        return False
    for match in re.finditer(rf"(?<![\w-]){re.escape(role)}s?(?!\w)", text):
        before, after = text[: match.start()][-40:], text[match.end() :][:30]
        if _TOWARDS.search(before):
            continue
        if _CLAIM.search(before) or _CLAIMED_AFTER.search(after):
            return True
    return False
