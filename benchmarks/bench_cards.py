"""Cards: the CPU of one that is drawn, and of one that is kept against a file that is read.

`bench_cards.py [CARDS]` draws so many cards of the shipped campaigns in each size, 60 by default.
"""

import sys
import time
from datetime import date
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.jobs.campaigns.cards import all_of, day_of
from bot.library import read, shipped_root
from bot.model.campaign import Size
from bot.pictures.cards.keeping import Kept
from bot.render import Renderer
from bot.render.cards import card_of

TODAY = date(2026, 11, 29)


def words(count):
    """The cards, with a title of their own each, so that none is drawn twice."""
    library, _ = read([shipped_root()])
    renderer = Renderer(library.files, library.campaigns)
    every = [
        card_of(renderer, campaign, action, language=tag, day=day_of(campaign, action, TODAY))[0]
        for campaign in library.campaigns.values()
        for action in all_of(campaign)
        for tag in campaign.languages
    ]
    return list(islice(cycle(dict.fromkeys(every)), count))


def took(do, things):
    began = time.process_time()
    for thing in things:
        do(thing)
    return (time.process_time() - began) / len(things)


def main():
    cards = words(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
    with TemporaryDirectory() as folder:
        Kept().png(cards[0], Size.WIDE)  # the fonts are read once
        for size in Size:
            kept = Kept(Path(folder) / size.word)
            drawn = took(lambda card: kept.png(card, size), cards)  # noqa: B023 - called here
            files = [kept.path(card, size) for card in cards]
            again = [Kept(kept.folder) for _ in cards]
            for fresh, card in zip(again, cards, strict=True):
                fresh.digest(card, size)
            reads = took(Path.read_bytes, files * 20)
            pairs = list(zip(again, cards, strict=True))
            cold = took(lambda pair: pair[0].png(pair[1], size), pairs)  # noqa: B023
            warm = took(lambda card: kept.png(card, size), cards * 20)  # noqa: B023
            print(
                f"{size.word}: drawn {1000 * drawn:.1f} ms; kept in its folder"
                f" {cold / reads:.2f} and in memory {warm / reads:.2f} of a file read"
                f" ({1e6 * reads:.0f} µs)"
            )


if __name__ == "__main__":
    main()
