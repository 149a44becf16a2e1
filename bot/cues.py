"""What the words of a question ask for: a kind of figure, a table, a source, advice."""

from __future__ import annotations

import functools
import re
from typing import Literal

import msgspec

from retrieval.quantities import Kind


def _any(*patterns: str) -> re.Pattern[str]:
    """One of several expressions, of a text in lower case, each without an alternative that is not in brackets.

    That most begin where a word does is looked at once for all, and no letter's case is changed to compare it: a third of the time.
    """
    words = [pattern.removeprefix(r"\b") for pattern in patterns if pattern.startswith(r"\b")]
    others = [pattern for pattern in patterns if not pattern.startswith(r"\b")]
    return re.compile("|".join([rf"\b(?:{'|'.join(words)})", *others] if words else others))


DURATION = _any(
    r"\bhow (?:long|much time|quick(?:ly)?|fast|soon)\b", r"\bhow many (?:months|weeks|years|mo|mths|yrs)\b",
    r"\btime ?(?:line|frame|scale|investment|commitment)s?\b", r"\blength\b", r"\bdurations?\b", r"\b(?:fast|quick|short|slow|long)est\b",
    r"\btime\b(?=\s*(?:$|[,+&?/]|and\b|needed|required|to\b))", r"\b(?:months|weeks) (?:does|will|to)\b", r"\bhow many yrs\b",
    r"\b(?:quicker|faster|slower|shorter|longer|sooner)\b",
)  # fmt: skip
LENGTH = _any(r"\bhow long\b", r"\bhow many (?:months|weeks|years|days|hours|minutes)\b")  # asks for a duration and nothing else
MONEY = _any(
    r"\bcosts?\b", r"\bpric(?:e|es|ey|ing)\b(?! (?:page|team|service|engine))",
    r"\bfees?\b", r"\btuition\b", r"\bexpensive\b", r"\bcheap(?:er|est)?\b",
    r"\bcostl(?:y(?! \w)|ier|iest)\b",
    r"\bsalar(?:y|ies)\b", r"\bpa(?:y|ys|ying)\b", r"\bpaid\b(?! (?:\w+ )?(?:work|jobs?|experience|roles?|positions?|internships?))",
    r"\bearn(?:s|ings?)?\b", r"\bwages?\b", r"\bcompensation\b", r"\bcomp\b", r"\btc\b",
    r"\bincomes?\b", r"(?<!\bfor )\bmoney\b", r"\bbucks\b", r"\bdollars?\b", r"\$",
    r"\bhow much\b(?! (?:time|experience|of|maths?|longer|harder|do|does|should|math|coding))",
    r"\bhow much (?:do|does|did|will|would|should) \w+(?: \w+){0,4} (?:cost|earn|make|pay|get|charge)\b",
    r"\bcash\b", r"\btak(?:e|es|ing) home\b",
    r"\bhow much (?:is|are|was)\b",
    r"\b\d+k\b",
    r"\bmakes? (?:more|most|(?:per|an?) (?:year|month|hour)|as an?)\b",
    r"\bbudget\b", r"\bsave\b", r"\bfor free\b", r"\b(?:is|are|be)\b[^?.]*\bfree\b(?! \w)",
)  # fmt: skip
PERCENT = _any(
    r"%", r"\bper ?cent(?:age)?\b", r"\b(?:what|which) (?:share|fraction|proportion|part|portion|ratio)\b",
    r"\bshare of\b",
    r"\bhow much of\b",
    r"\bhow (?:many|common|prevalent|big a share)\b",
    r"\brates?\b",
    r"\bgrow(?:s|ing|th)?\b",
    r"\bproportion\b",
    r"\bfraction\b",
    r"\bprevalence\b",
)  # fmt: skip

ADVICE = _any(
    r"\b(?:best|right|smartest|recommended|ideal|good) (?:\w+ )?(?:path|route|way|option|move|bet|strategy|plan|approach)\b",
    r"\b(?:my|the|which|what|a|your) (?:\w+ )?(?:path|route|plan|roadmap|option)\b(?=[^.]*\b(?:me|i|my|is|into|now)\b|\s*\??\s*$)",
    r"\bwhat (?:should|shall|can|do|would) (?:i|you)\b(?! (?:earn|make|put|show|write|call))", r"\bshould i\b",
    r"\brecommend", r"\badvi[cs]e\b", r"\bsuggest", r"\bhow (?:do|can|should|would|could|to) (?:i )?(?:\w+ )?"
    r"(?:get|become|turn|switch|move|transition|break|pivot|go|start|make the)\b", r"\bwhat now\b", r"\bnext steps?\b",
    r"\bwhere (?:do|should) i (?:start|begin)\b", r"\bwhat(?:'s| is|s) (?:the|my|your) (?:next |best )?(?:way|route|move|play)\b",
    r"\bwhat (?:should|shall|can) (?:he|she|they)\b(?! (?:earn|make|put|show|write|call|pay|offer|ask))",
    r"\bfor (?:him|her)\b(?=\s*(?:$|[?.,!;]))",
    r"\bwhat (?:should|would|could) (?:my|the|your) (?:\w+ )?(?:path|route|move|plan|steps?)\b",
    r"\b(?:can'?t|cannot|not sure|unsure|undecided|torn)\b.*\b(?:decide|choose|between|which)\b",
    r"\b(?:path|route|plan|way in)\s*\?", r"\b(?:path|route|way) (?:in)?to\b", r"\bgo\.?$", r"\bor what\b",
    r"\bfor me\b", r"\bin my (?:case|situation|position)\b", r"\bwhich (?:way|path|route)\b",
)  # fmt: skip
# Advice on which way to go, as against advice on a single thing ("should I learn SQL?").
DECIDES = _any(  # asks what a choice rests on, not for the choice
    r"\b(?:what|which)\b[^?.,]*\b(?:decides?|determines?)\b", r"\b(?:what|which)\b[^?]*\bdepends?\b", r"\bdepends? on (?:what|which)\b",
    r"\b(?:what|which)\b[^?.,]*\b(?:decide|choose|weigh up|judge)\b[^?.,]*\bby\b", r"\b(?:criteria|criterion)\b",
)  # fmt: skip
PATHS = _any(
    r"\b(?:paths?|routes?|way in(?:to)?|way (?:for me|forward)|roadmap|plan|options?|pivot|switch|transition|become|get into|break into|"
    r"get in|get there|go about|move over|move into|start)\b",
    r"\brecommend",
    r"\badvi[cs]e\b",
    r"\bsuggest",
    r"\bwhat (?:should|do|can) i do\b",
    r"\bwhat now\b", r"\bor what\b", r"\bnext steps?\b", r"\bgo\.?$", r"\b(?:which|what) way\b", r"\b(?:decide|choose|torn) between\b",
)  # fmt: skip
RECOMMEND = _any(
    r"\brecommend", r"\badvi[cs]e me\b", r"\b(?:which|what|what's|whats|best|right|my)\b[^.?]*\b(?:paths?|routes?)\b", r"\bpath\?",
    r"\bwhich way\b",
)  # fmt: skip
WHICH = re.compile(
    r"\b(?:which|what|what's|best|right|recommend(?: me)? an?|suggest an?)\s+(?:kind of |sort of |type of )?(?P<thing>[a-z]+)",
    re.IGNORECASE,
)
LACKS = _any(
    r"\bwhat (?:am i|do i|would i|are we|do we|should i)(?: still)? (?:miss(?:ing)?|lack(?:ing)?|need|have to learn)\b",
    r"\bmy gaps?\b",
    r"\bwhat(?:'s| is) (?:still )?(?:missing|lacking)\b",
)
WISH = _any(
    r"\b(?:want|wanna|wants|wish|would like|'d like|like to|hope|hoping|aim(?:ing)?|goal|target(?:ing)?|dream|plan(?:ning)? to|"
    r"looking to|trying to|interested in|keen on|love to|need to|eyeing)\b", r"\bgoal\b",
)  # fmt: skip

SOURCE = _any(
    r"\b(?:source|sources|citations?|cite[sd]?|references?)\b", r"\bwhere (?:do|does|did|are|is) .*\b(?:come|from|taken)\b",
    r"\bwhere (?:do|does|did|has|have) .*\b(?:get|gets|got|have|has|take|takes|took|draw|draws)\b.*\bfrom\b",
    r"\bbased on (?:what|which)\b",
    r"\b(?:what|which) .*\bbased on\W*$", r"\baccording to (?:who|whom|what)\b", r"\bsays who\b",
    r"\b(?:what|who|which \w+) backs?\b", r"\bbacks? (?:that|this|it|these|those|up)\b", r"\bbacked (?:up )?by\b",
    r"\bwho (?:says|said|claims)\b(?: (?:so|that|this|it))?\W*$", r"\bevidence for\b",
)  # fmt: skip
MATRIX = _any(r"\b2 ?[x×] ?2\b", r"\bmatrix\b", r"\bgrid\b")
TABLE = _any(r"\btables?\b", MATRIX.pattern, r"\brows?\b", r"\bcolumns?\b", r"\bcells?\b")
SHORT = 4  # words of a message that asks for a table by its name
SHOWS = _any(r"\b(?:show|see|give|display|print|paste|post|whole|full|entire)\b")
ROW = _any(r"\brows?\b", r"\bcells?\b")
LIST = _any(
    r"(?<!\bat )(?<!\bafter )\ball\b(?! (?:day|in|over|right|along|the time|of a sudden)\b)",
    r"\blist\b",
    r"\bwhich (?:\w+ )?(?!(?:is|was|does|has|this|its|takes|pays|costs)\b)(?:\w+s)\b",
    r"\bwhat are\b",
    r"\b(?:what|which) [\w' -]+ (?:are|is) there\b",
    r"\b(?:what|which) \w+s (?:are|do|does|should|can|could|help)\b",
    r"\bevery\b",
    r"\beach\b(?! other\b)",
    r"\bexamples?\b",
    r"\bname (?:the|all|some)\b",
    r"\boverview\b", r"\boptions\b", r"\bbullets?\b", r"\bname the \w+ \w+s\b",
)  # fmt: skip
EARNINGS = _any(
    r"\bsalar(?:y|ies)\b", r"\bearn(?:s|ings?)?\b", r"\bwages?\b", r"\b(?:compensation|comp|tc|incomes?)\b", r"\bpa(?:y|ys|id)\b",
    r"\bhow much (?:do|does|can|would) .*\b(?:make|get)\b", r"\bmakes? (?:more|most|(?:per|an?) (?:year|month|hour)|as an?)\b",
)  # fmt: skip
BOTH_GUIDES = _any(
    r"\b(?:both|two|the other) (?:guides?|articles?|sources?|texts?|pages?|one\b)", r"\b(?:dis)?agree(?:s|ment)?\b", r"\bcontradict",
    r"\bconflict", r"\bconsistent\b", r"\b(?:each|either) (?:guide|article)\b",
    r"\bone (?:guide|article) says\b", r"\b(?:guides|articles) (?:differ|disagree|say)\b", r"\bdo the (?:guides|articles)\b",
)  # fmt: skip
COMPARES = _any(
    r"\bvs\b", r"\bversus\b", r"\bcompare", r"\bcontrast", r"\bdifference\b.*\bbetween\b", r"\b(?:more|less|better|worse|\w+er) than\b",
    r"\bearns? more\b", r"\bpays? (?:more|better)\b", r"\bwhich (?:one )?(?:is|pays|takes|costs|earns|of)\b.*\bor\b",
    r"\bwho (?:earns|makes|gets) more\b", r"\b(?:cheaper|faster|quicker|longer|shorter|sooner)\b.*\bor\b",
    r",\s*\w[\w' -]* or \w[\w' -]*\?", r"\bhow much (?:more|less|longer|shorter|cheaper|faster|slower)\b.*\bthan\b",
    r"\bsave\b.*\b(?:instead of|over|rather than)\b", r"\b(?:better|best|worse|worst|more)[ -]paid\b.*\bor\b", r":\s*[^?:]+\bor\b[^?:]+\?",
)  # fmt: skip

_MORE = r"(?:more|less|longer|shorter|cheaper|faster|slower|higher|lower|dearer|quicker)"
DIFFERENCE = _any(
    rf"\bhow much {_MORE}\b", r"\bdifference\b", rf"\bhow many (?:more )?(?:months|weeks|years|days|dollars) {_MORE}\b",
    r"\bhow much (?:money |time )?(?:do|would|can|could) (?:i|you|we) save\b",
)  # fmt: skip
ASKED_FOR = re.compile(
    r"\b(?:which|what) (?P<things>[a-z][\w-]*(?: [a-z][\w-]*){0,2}?) (?:do|does|did|should|can|could|is|are|has|have|will|would|to)\b",
    re.IGNORECASE,
)
COUNT = re.compile(r"\bhow many (?!(?:months|weeks|years|days|hours|minutes)\b)(?P<things>[a-z][\w-]*(?: [a-z][\w-]*){0,2})", re.IGNORECASE)
WHOM = _any(
    r"\bwho(?:m|'?s| is| are| should| would)?\b.*\bfor\b", r"\b(?:meant|suited|suitable|made|best|intended|aimed) for (?:who|what kind)\b",
    r"\bwho (?:does|do|would|should) .*\b(?:suit|fit)s?\b",
)  # fmt: skip
FOR_WHOM = _any(r"\bfor(?: whom)?$", r"\bsuits?\b", r"\bwho\b", r"\baudience\b")  # a column that tells for whom a row is
# A question that picks from several: "which paths are under $1000", as against "is a bootcamp under $1000".
SELECTS = _any(
    r"\b(?:which|what|any|anything|something|options?|list|show|all|find|where|who)\b",
    r"\bhow many\b(?! (?:months|weeks|years|days|hours|minutes)\b)",
)
# An amount that is stated to be judged: "140k at mid level, is that fair".
JUDGES = _any(r"\bis (?:that|this|it) (?:an? )?(?:\w+ )?(?:normal|fair|ok(?:ay)?|good|bad|low|high|usual|typical|realistic)\b")


Extreme = Literal["lowest", "highest"]
_LOWEST = _any(
    r"\b(?:cheap|fast|quick|short|low|small|few)est\b", r"\bleast (?:expensive|time|money|costly|paid|pay)\b",
    r"\b(?:pays?|earns?|costs?|makes?|takes?) (?:the )?least\b", r"\bworst[- ]pa(?:id|ying)\b", r"\bmin(?:imum)?\b",
)  # fmt: skip
_HIGHEST = _any(
    r"\b(?:slow|long|high|larg|bigg|dear|costli|pric(?:i)?)est\b", r"\bmost (?:expensive|time|money|costly|lucrative|paid)\b",
    r"\b(?:pays?|earns?|costs?|makes?|takes?) (?:the )?most\b", r"\bbest[- ]pa(?:id|ying)\b", r"\btop (?:pay|salary|paying|paid)\b",
    r"\bhighest[- ]pa(?:id|ying)\b", r"\bmax(?:imum)?\b",
)  # fmt: skip


def extreme_kind(text: str) -> Kind | None:
    """The kind of figure that the superlative in a text is of: "cheapest" is of money; None for "lowest"."""
    text = text.lower()
    match = _LOWEST.search(text) or _HIGHEST.search(text)
    return kind(match.group(0)) if match else None


NAMES = re.compile(  # asks for the things themselves: "which three projects", as against "what does it give me"
    r"\b(?:which|what|list|name)\b(?! (?:do|does|did|is|was|would|can|could|will|should|an?)\b)", re.IGNORECASE
)
# Asks of two things at once: "70% at the labs or 70%+ of all", "are the two numbers the same".
EITHER = re.compile(r"\bor\b|\bsame\b|\btwo\b|\bboth\b", re.IGNORECASE)
WHETHER = re.compile(
    r"^\W*(?:so |and |but )*(?:do|does|did|is|are|was|were|can|could|will|would)\b|\b(?:really|right|true|correct)\b", re.IGNORECASE
)
RATE_OF = re.compile(
    r"\b(?:growth|outlook|forecast|projection|demand|rate)s?\b(?: \w+){0,2}? (?:for|of|among) "
    r"(?!(?:the )?(?:next|coming|future)\b)(?P<of>\w+(?: \w+)?)",
    re.IGNORECASE,
)
EXPERIENCE = re.compile(r"\bhow many (?:years|months) (?:of|in|as)\b", re.IGNORECASE)  # asks for what somebody has behind them
SMALL_UNIT = re.compile(r"\bhow many (?P<unit>hour|minute|day)s\b", re.IGNORECASE)
# What a stated figure is of: "400k - is that what I lose or what I earn", "is 40% the share of moves or of hires".
THIS_OR_THAT = re.compile(r"\b(?:is|are) (?:it|that|this|those|these|\S*\d\S* (?:the|what|for))\b.*\bor\b", re.IGNORECASE)
WHY = _any(r"^\W*(?:and |but |so )?why\b", r"\bhow come\b", r"\breasons?\b", r"\bwhat's wrong with\b")
HOW_TO = re.compile(r"\bhow (?:do|can|would|to|should) (?:i |you |we |one )?(?:actually |even )?(?P<verb>[a-z]+)\b", re.IGNORECASE)
STILL = re.compile(r"\b(?:still|currently)\b(?:\s+\w+)?|\b(?:anymore|any more)\b", re.IGNORECASE)
OF_YEAR = _any(r"\b(?:which|what) year\b", r"\bhow (?:old|recent|fresh|current|new)\b", r"\bfrom when\b")
# Asks what an amount is made of: "how do they come to 400k", "does that add up", "10k + 150k".
SUM = _any(
    r"\badd(?:s|ed|ing)? up\b", r"\b(?:come|comes|came|coming) to\b", r"\bsums?\b", r"\bplus\b", r"\d\w*\s*\+\s*\W?\d",
    r"\bbreak(?:s|ing)?[ -]?down\b", r"\bmade up of\b",
)  # fmt: skip
SUMMARY = _any(
    r"\btl;? ?dr\b",
    r"\bsummar",
    r"\bin short\b",
    r"\bthe gist\b",
    r"\bmain (?:point|message|takeaway)s?\b",
    r"\bin (?:a|one) (?:sentence|nutshell)\b",
)
ABOUT_GUIDE = _any(
    r"\b(?:last )?updated?\b", r"\bhow (?:old|recent|current|fresh|up to date)\b", r"\bwho (?:wrote|published|made|is the author)\b",
    r"\b(?:guide|article|page|post)s? (?:is|was|are|were|dates?) (?:from|back|of)\b", r"\bauthors?\b",
    r"\bpublish(?:ed|er)\b", r"\bwhen (?:was|is|were) .*\b(?:written|published|updated|from)\b",
)  # fmt: skip
EDGE = re.compile(r"\b(?P<row>top|upper|first|bottom|lower|last) row\b", re.IGNORECASE)
CORNER = re.compile(r"\b(?P<row>top|upper|bottom|lower)[ -](?P<column>left|right)\b", re.IGNORECASE)
# What spelling may correct a typo to beside the guides' words.
VOCABULARY = (
    "salary salaries percent percentage fraction months weeks years length duration timeline cost price tuition expensive cheap cheapest "
    "fastest shortest longest highest lowest money earn compensation difference compare recommend recommendation experience table column "
    "guide article source long much many define explain example examples person people"
).split()


class Cues(msgspec.Struct, frozen=True):
    """What a question asks for.

    `kind` is the sort of figure, `extreme` the end of a scale, `ends` where both ends of one thing are asked for, `length` a
    duration in so many words; `row` where of a table a part is asked for, `shown` where it is to be shown whole.
    """

    kind: Kind | None
    extreme: Extreme | None
    advice: bool
    source: bool
    table: bool
    listing: bool
    both_guides: bool
    compares: bool
    why: bool
    length: bool
    ends: bool = False
    row: bool = False
    shown: bool = False


@functools.lru_cache(maxsize=1_024)
def read(text: str) -> Cues:
    """The cues in a question in English."""
    text = text.lower()
    table, row = bool(TABLE.search(text)), bool(ROW.search(text))
    lowest, highest = _LOWEST.search(text), _HIGHEST.search(text)
    return Cues(
        kind=kind(text),
        extreme="lowest" if lowest else "highest" if highest else None,
        advice=bool(ADVICE.search(text)) and not DECIDES.search(text),
        source=bool(SOURCE.search(text)),
        table=table,
        listing=bool(LIST.search(text)),
        both_guides=bool(BOTH_GUIDES.search(text)),
        compares=bool(COMPARES.search(text)),
        why=bool(WHY.search(text)),
        length=bool(LENGTH.search(text)),
        ends=bool(lowest and highest) and len({kind(end.group(0)) for end in (lowest, highest) if end} - {None}) < 2,
        row=row,
        shown=bool(table and not row and (SHOWS.search(text) or len(text.split()) <= SHORT)),
    )


def without(text: str) -> str:
    """`text` in lower case without the words that ask for a kind of figure: "PhD prevalence" is "phd"."""
    text = text.lower()
    for pattern in (LENGTH, MONEY, DURATION, PERCENT):
        text = pattern.sub(" ", text)
    return text


@functools.lru_cache(maxsize=4_096)
def kind(text: str) -> Kind | None:
    """The kind of figure that is asked for; "how many months" decides, else money before time before share."""
    text = text.lower()
    if LENGTH.search(text):
        return "duration"
    if MONEY.search(text):
        return "money"
    if DURATION.search(text):
        return "duration"
    return "percent" if PERCENT.search(text) else None
