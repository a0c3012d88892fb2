"""What files of data may be at most, and why: the one table.

A campaign may come from a stranger; what it asks of this machine has bounds. Each is far above what
a campaign needs, and docs/campaigns.md names them.
"""

from typing import Final

MOST_TEXT: Final = 2**20
"""Most bytes of a table or a template: the largest that comes with drumbeat has a fiftieth."""

MOST_TEXTS: Final = 2**25
"""Most bytes of all tables and templates together: a stranger's must be read in minutes."""

MOST_PICTURE: Final = 2**24
"""Most bytes of a picture: no network takes larger ones."""

MOST_OTHER: Final = 2**24
"""Most bytes of another file that `new campaign --from` copies along, such as a note."""

MOST_CSV: Final = 2**26
"""Most bytes of a list of contacts or pledges: 100,000 rows of some six hundred letters."""

MOST_SECRET: Final = 2**16
"""Most bytes of a file that holds a secret: no key or token is so long."""

MOST_FILES: Final = 20_000
"""Most files of all roots together: they stay in memory."""

MOST_BYTES: Final = 2**28
"""Most bytes of all files together: they stay in memory."""

MOST_ENTRIES: Final = 100_000
"""Most names in the folders of all roots together: links within a root may show a folder often."""

DEEPEST_FOLDER: Final = 8
"""How far down `new campaign --from` copies folders: a link may lead to a folder above itself."""

# what is parsed

MOST_DEPTH: Final = 32
"""How deep tables, lists, statements and expressions may stand in each other: some nine do."""

MOST_VALUES: Final = 50_000
"""Most values of one table: the largest that comes with drumbeat has a thousand."""

MOST_KEY: Final = 50
"""Most parts of one dotted key: reading it takes time by the square of them."""

MOST_DIGITS: Final = 19
"""Most digits of a whole number: what every program that reads TOML takes (64 bits)."""

MOST_TOKENS: Final = 30_000
"""Most words and signs of one template: the largest that comes with drumbeat has 5,000."""

MOST_TOLD: Final = 100
"""Most problems of one file that are told one by one: nobody reads more at once."""

MOST_ACTIONS: Final = 2_000
"""Most actions and prompts of one campaign: five for each day of a year."""

MOST_YEARS: Final = 100
"""Most years from a campaign's first day to its last: each of its days is looked at."""

# what is made

MOST_STEPS: Final = 10_000
"""Turns of loops and calls that one text may take; a real one takes some ten."""

MOST_MADE: Final = 100_000
"""Most characters of one text: no network takes a tenth, and a document is no book."""

MOST_HANDLED: Final = 1_000_000
"""Most characters that may be written on the way to one text, in blocks, joins and filters."""

MOST_SECONDS: Final = 2
"""Seconds of work that one text may take: a real one takes a thousandth."""

MOST_CHECKED: Final = 180
"""Seconds of work that `check` gives the texts of one campaign: the largest shipped takes three."""
