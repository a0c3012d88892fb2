"""A file that Telegram does not take: who asked for it hears why, and gets it in another way."""

import io
import json

import docx
import pytest
from bot_chat import NOON, got, joined, person, running, until
from fakes.base import Trouble
from pypdf import PdfReader

from bot.model import Audience
from bot.model.pledge import NewPledge

REFUSED = {
    "en": ("Telegram doesn’t take the file my-data.json", "as text"),
    "fr": ("Telegram n’accepte pas le fichier my-data.json", "sous forme de texte"),
    "es": ("Telegram no acepta el archivo my-data.json", "como texto"),
    "pt": ("O Telegram não aceita de mim o arquivo my-data.json", "como texto"),
}
OTHERWISE = {
    "en": "Please write to office@example.org",
    "fr": "Écrivez à office@example.org",
    "es": "Escribe a office@example.org",
    "pt": "Escreva a office@example.org",
}
UNANSWERED = {
    "en": "I don’t know whether the file my-data.json has arrived",
    "fr": "Je ne sais pas si le fichier my-data.json est arrivé",
    "es": "No sé si el archivo my-data.json ha llegado",
    "pt": "Não sei se o arquivo my-data.json chegou",
}


async def export(fake, services, language, trouble):
    await joined(fake)
    services.store.subscribers.set_language(person(services).id, language)
    fake.tell(trouble, on="sendDocument")
    fake.says(7, "/export")


@pytest.mark.parametrize("language", REFUSED)
async def test_an_export_that_telegram_refuses_comes_as_text_and_says_why(fake, services, language):
    async with running(services):
        await export(fake, services, language, Trouble.BAD_REQUEST)
        why, how = REFUSED[language]
        said = await got(fake, 7, why)
        assert how in said["text"]
        assert "Can't parse entities" in said["text"]
        content = (await got(fake, 7, '"chat": "7"'))["text"]
    assert json.loads(content)["language"] == language, "whole, and nothing else in it"
    assert not [message for message in fake.to(7) if "document" in message]


async def test_a_file_in_several_messages_is_whole(fake, services):
    async with running(services):
        await joined(fake)
        for number in range(30):
            services.store.inbox.ask(1, "7", "en", f"{number:02}{'why ' * 150}", 5)
        fake.tell(Trouble.BAD_REQUEST, on="sendDocument")
        fake.says(7, "/export")
        await got(fake, 7, "as text")
        whole = await until(lambda: closed([m.get("text", "") for m in fake.to(7)]))
    assert [len(each["text"]) for each in json.loads(whole)["questions"]] == [602] * 30


def closed(texts):
    """The text of a JSON file once its end has come."""
    begin = next((n for n, text in enumerate(texts) if text.startswith("{")), None)
    if begin is None:
        return None
    whole = "\n".join(texts[begin:])
    return whole if whole.endswith("\n}") else None


@pytest.mark.parametrize("language", OTHERWISE)
async def test_an_export_too_long_for_messages_is_had_from_a_person(fake, services, language):
    async with running(services):
        await joined(fake)
        for number in range(25):
            services.store.inbox.ask(1, "7", "en", f"{number}{'why ' * 900}", 5)
        services.store.subscribers.set_language(person(services).id, language)
        fake.tell(Trouble.BAD_REQUEST, on="sendDocument")
        fake.says(7, "/export")
        said = await got(fake, 7, OTHERWISE[language])
    assert REFUSED[language][0] in said["text"]
    assert fake.to(7)[-1]["text"] == said["text"]


@pytest.mark.parametrize("language", UNANSWERED)
async def test_an_export_that_may_have_arrived_is_not_repeated_but_told(fake, services, language):
    async with running(services):
        await export(fake, services, language, Trouble.DROPPED_AFTER)
        said = await got(fake, 7, UNANSWERED[language])
    assert "office@example.org" in said["text"]
    assert len([message for message in fake.to(7) if "document" in message]) == 1


async def test_a_draft_comes_as_a_word_file_and_as_a_pdf(fake, services):
    async with running(services):
        await joined(fake)
        number = draft(services)
        fake.says(7, "/pledge")
        await got(fake, 7, "A draft; it is kept until")
        fake.presses(7, "As a document")
        await got(fake, 7, "for your colleagues to approve")
        files = await until(lambda: sent(fake, 2))
    assert [file["document"]["file_name"] for file in files] == [
        "pledge-draft.docx", "pledge-draft.pdf",
    ]  # fmt: skip
    assert "caption" not in files[1], "what it is was said with the first"
    word, pdf = (file["content"] for file in files)
    assert "Plant trees" in docx.Document(io.BytesIO(word)).paragraphs[0].text
    assert "Plant trees" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert services.store.pledges.get(number).name == "Plant trees"


async def test_a_draft_in_letters_that_no_font_has_comes_as_a_word_file(fake, services):
    async with running(services):
        await joined(fake)
        draft(services, "植树")
        fake.says(7, "/pledge")
        await got(fake, 7, "A draft; it is kept until")
        fake.presses(7, "As a document")
        fake.says(7, "/export")
        files = await until(lambda: sent(fake, 2))
    assert [file["document"]["file_name"] for file in files] == [
        "pledge-draft.docx",
        "my-data.json",
    ]


async def test_a_draft_that_telegram_refuses_comes_as_text(fake, services):
    async with running(services):
        await joined(fake)
        draft(services)
        fake.says(7, "/pledge")
        await got(fake, 7, "A draft; it is kept until")
        fake.tell(Trouble.BAD_REQUEST, on="sendDocument")
        fake.presses(7, "As a document")
        said = await got(fake, 7, "Draft for clearance")
    assert "# Plant trees" in said["text"]


def draft(services, name="Plant trees"):
    """A draft of the person with chat 7."""
    new = NewPledge(
        campaign="endchildlabour2021",
        audience=Audience.ORGANIZATION,
        stakeholder="company",
        organisation="ACME",
        country=None,
        language="en",
        answers={"name": name},
    )
    who = person(services).id
    number = services.store.pledges.begin(new, f"person {who}", int(NOON.timestamp()))
    services.store.editors.add(number, who, int(NOON.timestamp()))
    return number


def sent(fake, number):
    """The messages with files, once there are so many."""
    files = [message for message in fake.to(7) if "document" in message]
    return files if len(files) >= number else None


async def test_who_has_not_joined_hears_it_too_in_the_language_of_their_app(fake, services):
    services.store.inbox.flag(1, "8", None, "fr", "Un enfant", 5)
    async with running(services):
        fake.says(8, "/start", language="fr")
        fake.tell(Trouble.BAD_REQUEST, on="sendDocument")
        fake.says(8, "/export", language="fr")
        said = await got(fake, 8, REFUSED["fr"][0])
    assert "Can't parse entities" in said["text"]
