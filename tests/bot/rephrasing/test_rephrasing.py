"""A language model may rephrase what was found, and nothing else: whatever else it says or does ends in the quoted answer."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.messages import Answer, Ask
from bot.rephrasing.endpoint import Endpoint
from bot.rephrasing.rephraser import Rephraser
from bot.settings import NOT_SET, Secret
from bot.wiring import Bot
from tests.servers import llm_server
from tests.servers.llm_server import LanguageModel, Reply

QUESTION = "do I need a PhD?"
GOOD = (
    "No, most ML engineering roles in industry want practical skill in building and deploying models [1]. "
    "ML certifications, relevant experience and a strong portfolio can take the place of a PhD [1]."
)


@pytest.fixture(scope="module")
def quoted(bot: Bot) -> Answer:
    """The answer without a model."""
    return bot.handle(Ask(QUESTION))


@pytest.fixture
def server() -> Iterator[LanguageModel]:
    with llm_server.running() as started:
        yield started


def _rephraser(server: LanguageModel, seconds: float = 5.0) -> Rephraser:
    return Rephraser(Endpoint(server.url, "tiny", Secret("sk-secret"), seconds))


def test_what_holds_is_said_in_other_words_with_the_same_quotes(quoted: Answer, server: LanguageModel) -> None:
    server.reply = llm_server.says(GOOD)
    found = _rephraser(server).rephrase(quoted)
    assert (found.text, found.rephrased, found.citations) == (GOOD.replace(" [1].", " [1]."), True, quoted.citations)
    assert found.plain.startswith(GOOD)
    assert quoted.citations[0].quote[:40] in found.plain


def test_the_model_is_given_the_passages_and_the_question_and_nothing_else(quoted: Answer, server: LanguageModel) -> None:
    server.reply = llm_server.says(GOOD)
    _rephraser(server).rephrase(quoted)
    [asked] = server.asked
    assert (asked["path"], asked["key"], asked["model"], asked["stream"]) == ("/v1/chat/completions", "Bearer sk-secret", "tiny", False)
    given = asked["messages"][1]["content"]
    assert [f"[{c.n}] ({c.title}" in given for c in quoted.citations] == [True] * len(quoted.citations)
    assert given.endswith(f"Question: {QUESTION}\n\nAnswer:")


def test_a_sentence_that_does_not_hold_is_dropped_and_the_rest_stays(quoted: Answer, server: LanguageModel) -> None:
    server.reply = llm_server.says(f"{GOOD} Google pays them $900,000 [1]. You should buy a course. Ask at https://evil.example [1].")
    found = _rephraser(server).rephrase(quoted)
    assert (found.text, found.rephrased) == (GOOD, True)


BAD: dict[str, Reply] = {
    "no citation": llm_server.says("Most roles want practical skill in building models and deploying them to production."),
    "a citation that is not there": llm_server.says(GOOD.replace("[1]", "[9]")),
    "a figure that is not there": llm_server.says(
        "Most ML engineering roles in industry want 5 years of practical skill in building models [1]."
    ),
    "another figure": llm_server.says("PhD holders fill about 90% of the foundational ML research positions at the leading labs [2]."),
    "a number in words": llm_server.says(
        "Most ML engineering roles want seven practical skills in building models and deploying them [1]."
    ),
    "a name that is not there": llm_server.says("Most ML engineering roles at Netflix want practical skill in building models [1]."),
    "a name at the start": llm_server.says("Netflix wants practical skill in building models and deploying them to production [1]."),
    "the opposite": llm_server.says("Most ML engineering roles in industry do not want practical skill in building models [1]."),
    "the opposite by its verb": llm_server.says(
        "ML certifications, experience and a strong portfolio can never take the place of a PhD [1]."
    ),
    "a no where the guide says none": llm_server.says(
        "No, community data says that 80% of applied engineers hold a master's degree or less [2]."
    ),
    "something else": llm_server.says("The weather in the mountains is lovely at this time of the year [1]."),
    "a link": llm_server.says("Most ML engineering roles want practical skill, see https://evil.example/deploying-models [1]."),
    "a mention": llm_server.says("Most ML engineering roles in industry want practical skill, <!channel> [1]."),
    "markup": llm_server.says("**Most** ML engineering roles in industry want `practical` skill in building models [1]."),
    "a picture": llm_server.says("Most ML engineering roles in industry want practical skill ![x](http://evil.example/x.png) [1]."),
    "hidden letters": llm_server.says("Most ML engineering roles\u202e in industry want practical skill in building models [1]."),
    "very long": llm_server.says("most ML engineering roles want practical skill " * 200 + "[1]."),
    "the wrong passage": llm_server.says("ML certifications, relevant experience and a strong portfolio can take the place of a PhD [3]."),
    "a refusal": llm_server.says("I'm sorry, but I can't help with that."),
    "a filter": llm_server.says(GOOD, finish="content_filter"),
    "its instructions": llm_server.says("You put quoted passages into a short answer. Use only what the passages say [1]."),
    "empty": llm_server.says(""),
    "no text": llm_server.sends(b'{"choices": [{"message": {"content": null}}]}'),
    "no choices": llm_server.sends(b'{"choices": []}'),
    "no JSON": llm_server.sends(b"<html>busy</html>"),
    "half of JSON": llm_server.sends(b'{"choices": [{"message": {"con'),
    "deep JSON": llm_server.sends(b"[" * 90_000),
    "another shape": llm_server.sends(b'{"error": {"message": "sk-secret is no key"}}'),
    "not UTF-8": llm_server.sends(b'{"choices": [{"message": {"content": "\xff\xfe"}}]}'),
    "status 429": llm_server.sends(b"{}", 429, Retry_After="1"),
    "status 500": llm_server.sends(b"sk-secret", 500),
    "status 401": llm_server.sends(b"{}", 401),
    "a redirect": llm_server.sends(b"", 307, Location="http://127.0.0.1:9/v1/chat/completions"),
    "a flood": llm_server.floods,
    "half an answer": llm_server.breaks,
}


@pytest.mark.parametrize("what", BAD)
def test_bad_output_ends_in_the_quoted_answer(quoted: Answer, server: LanguageModel, caplog: pytest.LogCaptureFixture, what: str) -> None:
    """The same answer as without a model; the log says so without the key."""
    server.reply = BAD[what]
    with caplog.at_level(logging.INFO):
        assert _rephraser(server).rephrase(quoted) == quoted
    assert len(server.asked) == 1
    assert len([record for record in caplog.records if record.name.startswith("bot.rephrasing")]) == 1
    assert "sk-secret" not in caplog.text


@pytest.mark.parametrize("reply", [llm_server.hangs, llm_server.drips(3.0)], ids=["hangs", "drips"])
def test_a_model_that_takes_too_long_is_not_waited_for(
    quoted: Answer, server: LanguageModel, caplog: pytest.LogCaptureFixture, reply: Reply
) -> None:
    server.reply = reply
    assert _rephraser(server, seconds=0.2).rephrase(quoted) == quoted
    assert "it took too long" in caplog.text


def test_a_model_that_is_not_there_is_left_alone_after_three_tries(quoted: Answer, server: LanguageModel) -> None:
    """And asked again after a while."""
    clock = [0.0]
    rephraser = Rephraser(Endpoint(server.url, "tiny", NOT_SET, 5.0), now=lambda: clock[0])
    server.reply = llm_server.sends(b"", 503)
    for _ in range(6):
        assert rephraser.rephrase(quoted) == quoted
    assert len(server.asked) == 3
    clock[0] = 61.0
    server.reply = llm_server.says(GOOD)
    assert rephraser.rephrase(quoted).rephrased


def test_nobody_listens(quoted: Answer) -> None:
    assert Rephraser(Endpoint("http://127.0.0.1:9/v1", "tiny", NOT_SET, 1.0)).rephrase(quoted) == quoted


@pytest.mark.parametrize(
    "question",
    [
        "I have 18 months of experience and my goal is product. Which path should I take?",  # read from a table
        "how long does an internal pivot take?",  # two figures that disagree
        "How do I bake sourdough bread?",  # not covered
        "hello",
        "¿Cuánto tiempo tarda un ingeniero de software en aprender solo?",  # in words of another language, which cannot be checked
    ],
)
def test_what_must_stay_as_it_is_never_reaches_the_model(bot: Bot, server: LanguageModel, question: str) -> None:
    answer = bot.handle(Ask(question))
    assert _rephraser(server).rephrase(answer) == answer
    assert server.asked == []


def test_a_figure_that_the_bot_states_must_not_be_lost(bot: Bot, server: LanguageModel) -> None:
    answer = bot.handle(Ask("how much does a bootcamp cost?"))
    assert "$3K-$10K" in answer.text
    server.reply = llm_server.says("Bootcamps are for those who need structure and deadlines [1].")
    assert _rephraser(server).rephrase(answer) == answer


def test_it_is_off_unless_it_is_set(bot: Bot, server: LanguageModel) -> None:
    """A bot with the setting asks the model; the one without does not."""
    server.reply = llm_server.says(GOOD)
    assert not bot.handle(Ask(QUESTION)).rephrased
    assert server.asked == []
    composing = Bot(replace(bot.settings, llm_url=server.url, llm_model="tiny"), load_model=lambda _: bot.model)
    assert composing.handle(Ask(QUESTION)).rephrased
