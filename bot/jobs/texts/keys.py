"""Buttons of a message: their labels in its language, bound to the address that gets it."""

from bot.conversation.words import COPY, DATA, Choice, Rows, bind
from bot.model import Button, Keyboard
from bot.render.chat import ChatTexts


def keyboard(rows: Rows, texts: ChatTexts, language: str, address: str | None) -> Keyboard:
    """Return the buttons with their labels in this language; raises `ValueError` for one that no
    network would take.

    Without an address the message goes to many, and the network binds the buttons to each of them
    (`bot.conversation.words.bind`).
    """
    return tuple(
        tuple(button(choice, texts, language, address) for choice in row) for row in rows if row
    )


def button(choice: Choice, texts: ChatTexts, language: str, address: str | None) -> Button:
    """Return one button with its label in this language."""
    label = choice.label if choice.literal else texts.label(choice.label, language)
    data = choice.press if choice.press is None or address is None else bind(choice.press, address)
    if data is not None and len(data.encode()) > DATA:
        raise ValueError(
            f"the button {label!r} carries {len(data.encode())} bytes, {DATA} are the most: {data}"
        )
    copied = len((choice.copy or "").encode("utf-16-le")) // 2
    if copied > COPY:
        raise ValueError(f"the button {label!r} copies {copied} characters, {COPY} are the most")
    return Button(label=label, data=data, url=choice.url, copy=choice.copy)
