"""A letter as HTML, made of the same words as its text: nothing is written twice.

`page` puts them into one sheet that old mail programs show too: tables, colours in attributes,
styles at each element, system fonts, nothing that is fetched from elsewhere. `blocks` says what
paragraphs, lists, links and buttons a text has.
"""

from bot.render.letter.blocks import Own
from bot.render.letter.page import Draft, html

__all__ = ["Draft", "Own", "html"]
