"""A campaign's year as one file that needs nothing beside it."""

from bot.jobs.review.year import Review
from bot.web.public.reader import Reader
from bot.web.public.record.review import told
from bot.web.public.view import STATIC, html


def as_file(reader: Reader, whole: Review) -> str:
    """Return a year as HTML: its style and pictures are in it, and nothing is loaded from
    anywhere.
    """
    return html(
        reader,
        told(reader, whole, "review_file.html", alone=True, style=STATIC["public.css"].decode()),
    )
