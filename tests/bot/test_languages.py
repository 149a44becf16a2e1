"""An asker in another language gets the bot's own words in that language, and the quotes as they stand in the guide."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages import pofile

from bot import quotes, wording
from bot.messages import Answer, Ask
from bot.render import discord, slack
from bot.speech import Speech
from bot.wiring import Bot

FOLDER = Path(__file__).parents[2] / "bot" / "languages"
TEMPLATE = pofile.read_po(io.BytesIO((FOLDER / "fingerpost.pot").read_bytes()))
MESSAGES = [m.id if isinstance(m.id, str) else m.id[0] for m in TEMPLATE if m.id]
FRAMES = {piece.strip(" .:;,()“”[]") for message in MESSAGES for piece in re.split(r"\{\w+\}", message)}
ENGLISH_FRAMES = [frame for frame in FRAMES if len(frame) > 7 or frame == "updated"]

ANSWERED = [
    ("es", "¿Necesito un doctorado para ser ingeniero de ML?"),
    ("es", "¿Cuánto dura un cambio interno a ML?"),
    ("es", "¿cuál es el camino más barato?"),
    ("de", "Brauche ich einen Doktortitel, um ML-Ingenieur zu werden?"),
    ("de", "Wie lange dauert ein interner Wechsel?"),
    ("de", "Was verdient ein ML-Ingenieur?"),
    ("fr", "Ai-je besoin d'un doctorat pour devenir ingénieur ML ?"),
    ("fr", "Combien de temps dure un pivot interne ?"),
    ("fr", "Quel est le salaire d'un CTO de startup d'après le guide ?"),
    ("pt", "Preciso de um doutorado para ser engenheiro de ML?"),
    ("pt", "Quanto custa um mestrado?"),
    ("pt", "Quanto ganha um engenheiro de ML?"),
    ("hi", "क्या ML इंजीनियर बनने के लिए पीएचडी ज़रूरी है?"),
    ("hi", "डेटा इंजीनियर से ML इंजीनियर बनने में कितना समय लगता है?"),
    ("hi", "मेरा वेतन कितना होगा?"),
]

SMALL_TALK = {
    "es": ("hola", "¡gracias!", "¿quién eres?", "¿qué puedes hacer?", "adiós"),
    "de": ("Hallo!", "Danke!", "Wer bist du?", "Was kannst du?", "tschüss"),
    "fr": ("bonjour", "merci beaucoup", "qui es-tu ?", "que sais-tu faire ?", "au revoir"),
    "pt": ("olá", "obrigado!", "quem é você?", "tudo bem?", "tchau"),
    "hi": ("नमस्ते", "धन्यवाद", "आप कौन हैं?", "aap kaise hain?", "shukriya"),
}


def own_words(answer: Answer) -> str:
    """What a message says outside of its quotes: the text, the places of the quotes, what leads to the suggestions."""
    blocks = answer.plain.split("\n\n")
    return "\n".join([blocks[0], *(block.splitlines()[-1] for block in blocks[1:] if block.startswith("[")), blocks[-1].splitlines()[0]])


def english_in(text: str) -> list[str]:
    return [frame for frame in ENGLISH_FRAMES if re.search(rf"(?<!\w){re.escape(frame)}(?!\w)", text)]


@pytest.mark.parametrize(("language", "question"), ANSWERED)
def test_an_answer_is_in_the_language_of_the_question(bot: Bot, language: str, question: str) -> None:
    """The bot's own words are in the asker's language, and every quote stands in its guide, in English, word for word."""
    answer = bot.handle(Ask(question))
    assert (language, "answered") == (answer.language, answer.outcome)
    assert english_in(own_words(answer)) == []
    guides = bot.engine().searcher.generation.guides
    assert answer.citations
    assert [c.n for c in answer.citations if not quotes.stands(c, guides[c.guide])] == []


@pytest.mark.parametrize(
    ("language", "question", "named"),
    [
        ("es", "¿Necesito un doctorado en Alemania?", "Alemania"),
        ("de", "Brauche ich in der Schweiz einen PhD?", "Schweiz"),
        ("fr", "Ai-je besoin d'un doctorat en Allemagne ?", "Allemagne"),
        ("pt", "Preciso de um doutorado na Alemanha?", "Alemanha"),
        ("hi", "क्या जर्मनी में पीएचडी चाहिए?", "जर्मनी"),
    ],
)
def test_what_is_not_covered_is_said_in_the_language_of_the_question(bot: Bot, language: str, question: str, named: str) -> None:
    """A refusal names what is missing as the asker wrote it, and leads to what can be asked, in their language."""
    answer = bot.handle(Ask(question))
    assert ("not_covered", ()) == (answer.outcome, answer.citations)
    speech = Speech.of(language)
    assert answer.text == speech.say(wording.NOT_COVERED_WORDS, words=speech.say(wording.QUOTED, text=named))
    assert speech.say(wording.COULD_ASK) in answer.plain
    assert english_in(own_words(answer)) == []


@pytest.mark.parametrize(
    "question",
    [
        "¿Cuánto gana un ingeniero de machine learning en Alemania?", "Was verdient ein ML-Ingenieur in der Schweiz?",
        "Combien gagne un ingénieur ML en Allemagne ?", "Quanto ganha um engenheiro de ML na Alemanha?",
        "जर्मनी में ML इंजीनियर को कितनी सैलरी मिलती है?",
    ],
)  # fmt: skip
def test_what_a_guide_says_it_lacks_is_told_in_any_language(bot: Bot, question: str) -> None:
    """The guide's own note, word for word."""
    answer = bot.handle(Ask(question))
    assert ("not_covered", True) == (answer.outcome, "gives no pay for particular countries" in answer.text)


@pytest.mark.parametrize(
    ("language", "earlier", "question"),
    [
        ("es", "Háblame del cambio interno a ML", "¿y cuánto tiempo se tarda?"),
        ("de", "Was kostet ein Master?", "PhD?"),
        ("fr", "Combien coûte un master ?", "et le bootcamp ?"),
        ("pt", "Quanto custa um mestrado?", "PhD?"),
        ("hi", "डेटा इंजीनियर से ML इंजीनियर बनने में कितना समय लगता है?", "और डेटा साइंटिस्ट?"),
    ],
)
def test_a_follow_up_is_answered_in_the_language_of_the_conversation(bot: Bot, language: str, earlier: str, question: str) -> None:
    """A follow-up, also one that no language can be told from, is answered in the language that is being spoken."""
    answer = bot.handle(Ask(question, (earlier,)))
    assert (language, "answered") == (answer.language, answer.outcome)
    assert english_in(own_words(answer)) == []


def test_who_turns_to_english_is_answered_in_english(bot: Bot) -> None:
    """The language is that of the latest message that tells; a question from a button is asked in English."""
    earlier = ("Brauche ich einen Doktortitel, um ML-Ingenieur zu werden?",)
    assert "en" == bot.handle(Ask("What do machine learning engineers earn?", earlier)).language
    assert "en" == bot.handle(Ask("PhD?", (*earlier, "how long does a master's take?"))).language


@pytest.mark.parametrize(
    ("language", "question", "years", "axis"),
    [
        ("es", "Tengo 4 años de experiencia en backend y quiero un rol de producto. ¿Qué camino me recomiendas?", "4 años", "tabla"),
        ("de", "Ich habe 4 Jahre Erfahrung und will Produkt-ML machen. Welchen Weg soll ich nehmen?", "4 Jahre", "Tabelle"),
        ("fr", "J'ai 4 ans d'expérience et je veux travailler sur le produit. Quelle voie choisir ?", "4 ans", "tableau"),
        ("pt", "Tenho 4 anos de experiência e quero uma vaga de produto. Qual caminho você recomenda?", "4 anos", "tabela"),
        ("hi", "mere paas 4 saal ka software experience hai, product ML role chahiye, kya karu?", "4 साल", "तालिका"),
    ],
)
def test_a_recommendation_is_said_in_the_language_of_the_question(bot: Bot, language: str, question: str, years: str, axis: str) -> None:
    """Who is asking and what the table says is put in the asker's words; the cell stands as in the guide."""
    answer = bot.handle(Ask(question))
    assert (language, "recommended") == (answer.language, answer.outcome)
    assert years in answer.text
    assert axis in answer.text
    assert "Internal pivot (3-6 months)" in answer.text
    assert english_in(own_words(answer)) == []


@pytest.mark.parametrize(
    ("language", "message", "outcome"),
    [
        *((language, message, "small_talk") for language, messages in SMALL_TALK.items() for message in messages),
        ("es", "¿Qué camino debería tomar?", "clarify"),
        ("de", "Welchen Weg soll ich nehmen?", "clarify"),
    ],
)
def test_small_talk_and_questions_back_are_in_the_language_of_the_message(bot: Bot, language: str, message: str, outcome: str) -> None:
    """A greeting, thanks, a goodbye and a question back are said in the asker's language."""
    answer = bot.handle(Ask(message))
    assert (language, outcome) == (answer.language, answer.outcome)
    assert english_in(answer.text) == []


def test_messages_are_framed_in_the_language_of_the_answer(bot: Bot) -> None:
    """What a platform puts around an answer, buttons included, is in the answer's language as well."""
    answer = bot.handle(Ask("Wie lange dauert ein interner Wechsel?"))
    for payload in (slack.render(answer), discord.render(answer)):
        said = str({k: v for k, v in payload.items() if k != "text"})
        assert "Die Leitfäden widersprechen sich zu" in said
        assert "Aus den Leitfäden zitiert; hier wurde nichts generiert." in said
        assert [frame for frame in ("The guides", "Good answer", "updated", "It cites", "Quoted from") if frame in said] == []
