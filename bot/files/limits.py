"""The one table of limits for files of data and the texts made of them, each with its reason.

A campaign may come from a stranger, so what it can ask of this machine is bounded. Each limit is
far above what a campaign needs; docs/campaigns.md tells authors of them.
"""

from typing import Final

MOST_TEXT: Final = 2**20
"""Most bytes of a table or a template: the largest shipped one has a fiftieth of it."""

MOST_TEXTS: Final = 2**25
"""Most bytes of all tables and templates together: so many are read and checked in minutes."""

MOST_PICTURE: Final = 2**24
"""Most bytes of a picture: no network accepts larger ones."""

MOST_OTHER: Final = 2**24
"""Most bytes of another file that `new campaign --from` copies along, such as a note."""

MOST_CSV: Final = 2**26
"""Most bytes of a CSV list of contacts or pledges: 100,000 rows of some 600 characters."""

MOST_SECRET: Final = 2**16
"""Most bytes of a file that holds a secret: keys and tokens are far shorter."""

MOST_FILES: Final = 20_000
"""Most files of all roots together: they stay in memory."""

MOST_BYTES: Final = 2**28
"""Most bytes of all files together: they stay in memory."""

MOST_ENTRIES: Final = 100_000
"""Most names in all folders together: symbolic links can make one folder appear many times."""

DEEPEST_FOLDER: Final = 8
"""Levels of folders that `new campaign --from` copies: a link may lead to a folder above itself."""

# what is parsed

MOST_DEPTH: Final = 32
"""Most levels of nested tables, lists, statements and expressions: shipped files have some nine."""

MOST_LOOPS: Final = 16
"""Most loops of a template within each other: Python takes twenty, and a text has one or two."""

MOST_VALUES: Final = 50_000
"""Most values of one TOML file: the largest shipped one has a thousand."""

MOST_KEY: Final = 50
"""Most parts of one dotted key: parsing it takes time that grows with their square."""

MOST_DIGITS: Final = 19
"""Most digits of a whole number: TOML promises 64 bits, and larger ones can't be relied on."""

MOST_TOKENS: Final = 30_000
"""Most words and signs of one template: the largest shipped one has 5,000."""

MOST_TOLD: Final = 100
"""Most problems of one file that are shown one by one: nobody reads more at once."""

MOST_ACTIONS: Final = 2_000
"""Most actions and prompts of one campaign: five for each day of a year."""

MOST_LIKE: Final = 8
"""Most campaigns in a row that are each like the next: each file that lacks is looked for in all.
"""

MOST_YEARS: Final = 100
"""Most years from a campaign's first day to its last: each of its days is looked at."""

# what is made

MOST_STEPS: Final = 10_000
"""Most turns of loops and calls while one text is made: a real one takes some ten."""

MOST_MADE: Final = 100_000
"""Most characters of one text: no network takes a tenth of it, and a document is no book."""

MOST_HANDLED: Final = 1_000_000
"""Most characters that blocks, joins and filters may write while one text is made."""

MOST_SECONDS: Final = 2
"""Most seconds of processor time for one text: a real one takes a thousandth of it."""

MOST_CHECKED: Final = 180
"""Most seconds that `check` gives the texts of one campaign: the largest shipped takes three."""
