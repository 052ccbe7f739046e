"""The offline responder: from the persona's own facts, in its own words, or honestly not."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from chat.minds.base import Message
from chat.minds.offline import MAX_SENTENCES, OfflineMind
from chat.minds.phrasebooks import ENGLISH, PHRASEBOOKS, Act, Topic
from chat.sentences import Splitter

EXAMPLES = Path(__file__).resolve().parents[2] / "personas" / "examples"


def persona(**facts):
    plain = {
        "name": "Anna",
        "title": "guide",
        "education_degree": "",
        "education_year": "",
        "education_institution": "",
        "technical_languages": [],
        "technical_web_stack": [],
        "technical_projects": [],
        "personality_style": "",
        "personality_interests": [],
        "personality_goals": [],
        "traits": [],
        "greeting": "",
        "knowledge": "",
        "language": "en-gb",
    }
    return SimpleNamespace(**plain | facts)


def example(slug):
    data = json.loads((EXAMPLES / f"{slug}.json").read_text())
    profile = data["profile"]
    education, technical = profile["education"], profile["technical"]
    personality = profile["personality"]
    return persona(
        name=profile["name"],
        title=profile["title"],
        education_degree=education["degree"],
        education_year=education["year"],
        education_institution=education["institution"],
        technical_languages=technical["languages"],
        technical_web_stack=technical["webStack"],
        technical_projects=technical["projects"],
        personality_style=personality["style"],
        personality_interests=personality["interests"],
        personality_goals=personality["goals"],
        traits=profile["traits"],
        greeting=data["greeting"],
        knowledge="\n\n".join(data["knowledge"]),
        language=data["language"],
    )


def talk(who, *questions):
    """The answers to these questions, asked one after the other."""
    mind, messages, answers = OfflineMind(who), [], []
    for question in questions:
        messages.append(Message("user", question))
        answers.append(mind.answer(messages))
        messages.append(Message("assistant", answers[-1]))
    return answers


# What a visitor may ask, and a few words of the fact that answers it.
QUESTIONS = [
    ("mira", "Who are you?", "I am Mira"),
    ("mira", "What is your name?", "I am Mira"),
    ("mira", "Tell me about yourself", "I am Mira"),
    ("mira", "What do you study?", "Computer Science"),
    ("mira", "Which university do you go to?", "Harbourside University"),
    ("mira", "Which programming languages do you know?", "I program in Python"),
    ("mira", "What's your tech stack?", "Django"),
    ("mira", "Tell me about your projects.", "Tidewatch"),
    ("mira", "What have you built?", "Tidewatch"),
    ("mira", "What are your hobbies?", "rowing"),
    ("mira", "What do you like?", "rowing"),
    ("mira", "What do you do in your free time?", "bake bread"),
    ("mira", "What are your goals?", "finish"),
    ("mira", "Describe your personality", "patient"),
    ("mira", "What is recursion?", "a function solves a problem"),
    ("mira", "Can you explain what an API is?", "agreement"),
    ("mira", "How do I start learning to program?", "one small thing"),
    ("mira", "How should I prepare for my exam?", "without notes"),
    ("mira", "any tips for debugging?", "failing case"),
    ("mira", "what does git do", "snapshots"),
    ("mira", "Hi Mira, what is Second Shelf?", "book exchange"),
    ("edwin", "How much is a ticket?", "nine pounds"),
    ("edwin", "What does it cost to get in?", "nine pounds"),
    ("edwin", "When are you open?", "Tuesday to Sunday"),
    ("edwin", "What are the opening hours?", "Tuesday to Sunday"),
    ("edwin", "How many steps are there?", "one hundred and sixty-two"),
    ("edwin", "Who was Agnes Rowe?", "never officially a keeper"),
    ("edwin", "How heavy is the lens?", "two tonnes"),
    ("edwin", "Who invented the lens?", "Fresnel"),
    ("edwin", "Is there something to eat?", "soup"),
    ("edwin", "Can I bring my kids?", "children"),
    ("edwin", "Where did you study?", "Northcliff College"),
    ("edwin", "Tell me the story of the Marigold", "coal ship"),
    ("edwin", "When was the lighthouse first lit?", "1871"),
    ("pico", "How do I order coffee?", "flat white"),
    ("pico", "What is an idiom?", "phrase that means something else"),
    ("pico", "What are phrasal verbs?", "small word that changes its meaning"),
    ("pico", "Give me a tongue twister", "red lorry"),
    ("pico", "Why is English spelling so strange?", "old sounds"),
    ("pico", "How do I pronounce th?", "tip of your tongue"),
    ("pico", "How can I improve my speaking?", "a little every day"),
    ("pico", "How can I remember new words?", "one whole sentence"),
]


@pytest.mark.parametrize(("slug", "question", "fact"), QUESTIONS)
def test_it_answers_with_the_fact_that_fits(slug, question, fact):
    (answer,) = talk(example(slug), question)

    assert fact.lower() in answer.lower()
    splitter = Splitter(max_chars=1000)
    count = len([*splitter.feed(answer), *splitter.flush()])
    assert 1 <= count <= MAX_SENTENCES


@pytest.mark.parametrize("slug", ["mira", "edwin", "pico"])
@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of France?",
        "Who won the world cup?",
        "What will the weather be in Paris tomorrow?",
        "Do you like pizza?",
        "How tall is Mount Everest?",
        "What is 7 times 8?",
        "Quel âge as-tu ?",
        "asdf qwer",
        "???",
    ],
)
def test_it_says_so_when_nothing_fits_and_offers_what_it_knows(slug, question):
    (answer,) = talk(example(slug), question)

    assert answer.startswith("I don't have that in what I know about myself.")
    assert "You can ask me about" in answer


@pytest.mark.parametrize("slug", ["mira", "edwin", "pico"])
def test_hello_is_the_personas_own_greeting_once(slug):
    who = example(slug)

    first, second = talk(who, "Hello!", "Hi again")

    assert first == who.greeting
    assert who.name in second


def test_a_persona_without_a_greeting_introduces_itself():
    (answer,) = talk(persona(), "Good morning")

    assert answer.startswith("Hello! I am Anna, guide.")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("Thank you very much!", "You are welcome."),
        ("thanks, bye", "Goodbye! It was good to talk with you."),
        ("How are you today?", "I am well, thank you for asking."),
        ("Are you a robot?", "I am a digital persona"),
        ("No, never mind", "All right."),
    ],
)
def test_small_talk_is_answered_as_such(said, answer):
    assert talk(persona(), said)[0].startswith(answer)


def test_what_can_you_do_names_its_subjects():
    who = persona(technical_projects=["a boat"], personality_interests=["tea"])

    (answer,) = talk(who, "What can I ask you?")

    assert answer == "You can ask me about my projects and my interests."


def test_tell_me_more_goes_on_and_repeats_nothing():
    facts = (
        "The tower is old. It is made of stone. It has a bell. It leans. It is loved."
    )

    first, second, third = talk(
        persona(knowledge=facts), "What about the tower?", "Tell me more", "more"
    )

    assert first == "The tower is old. It is made of stone. It has a bell."
    assert second == "It leans. It is loved."
    assert third.startswith("That is all I know about that.")


def test_it_knows_what_it_means():
    """ "It" is what was asked about before."""
    facts = "The whale weighs forty tonnes.\n\nThe mouse weighs twenty grams."

    answers = talk(
        persona(knowledge=facts), "Tell me about the whale", "How heavy is it?"
    )
    assert answers[1] == "The whale weighs forty tonnes."

    answers = talk(
        persona(knowledge=facts), "Tell me about the mouse", "How heavy is it?"
    )
    assert answers[1] == "The mouse weighs twenty grams."


def test_the_same_question_has_the_same_answer():
    who = example("edwin")

    assert talk(who, "birds?") == talk(who, "birds?")


def test_a_persona_of_a_name_alone_still_answers():
    for question in ("Hello", "Who are you?", "What can you do?", "more", "x", ""):
        (answer,) = talk(persona(title=""), question)
        assert answer


FOREIGN = [
    ("de", "Hallo!", "Hallo! Ich bin Anna"),
    ("de-at", "Wer bist du?", "Ich bin Anna"),
    ("de", "Was kostet der Eintritt?", "Der Eintritt kostet fünf Euro."),
    ("de", "Was sind deine Hobbys?", "Mich interessieren Tee und Berge."),
    ("de", "Wie ist das Wetter in Rom?", "Das gehört nicht zu dem"),
    ("fr", "Bonjour", "Bonjour ! Je suis Anna"),
    ("fr", "Quels sont tes loisirs ?", "Je m'intéresse à ceci : Tee et Berge."),
    ("fr", "Merci beaucoup", "Avec plaisir."),
    ("es", "¿Quién eres?", "Soy Anna"),
    ("es", "¿Cuáles son tus aficiones?", "Me interesan Tee y Berge."),
    ("es", "Adiós", "¡Adiós!"),
]


@pytest.mark.parametrize(("language", "question", "start"), FOREIGN)
def test_it_speaks_the_personas_language(language, question, start):
    who = persona(
        language=language,
        personality_interests=["Tee", "Berge"],
        knowledge="Der Eintritt kostet fünf Euro.",
    )

    assert talk(who, question)[0].startswith(start)


def test_a_language_without_spaces_is_searched_too():
    who = persona(
        language="zh-cn",
        knowledge="博物馆每天九点开门。\n\n门票价格是三十元。\n\n我喜欢登山和音乐。",
        personality_interests=["登山"],
    )

    assert talk(who, "门票价格是多少？") == ["门票价格是三十元。"]
    assert talk(who, "博物馆几点开门？") == ["博物馆每天九点开门。"]


def test_facts_in_a_language_we_do_not_phrase_stand_for_themselves():
    who = persona(
        language="ja", name="花子", title="学生", personality_interests=["音楽"]
    )

    assert "I am" not in talk(who, "Who are you?")[0]


@pytest.mark.parametrize("code", PHRASEBOOKS)
def test_every_phrasebook_is_complete(code):
    book = PHRASEBOOKS[code]

    assert set(book.heard) == set(Act)
    assert set(book.sentence) == set(Topic) - {Topic.KNOWLEDGE}
    assert set(book.label) == set(ENGLISH.label)
    assert set(book.asked_as) == set(ENGLISH.asked_as)
    assert all("{}" in text for text in book.sentence.values())


async def test_it_streams_what_it_answers():
    mind = OfflineMind(persona())
    asked = [Message("user", "Who are you?")]

    deltas = [delta async for delta in mind.reply(asked)]

    assert "".join(deltas) == mind.answer(asked)
    assert len(deltas) > 1
