"""What files of data may be at most, and why: the one table.

A campaign may come from a stranger; what it asks of this machine has bounds. Each is far above what
a campaign needs, and docs/campaigns.md names them.
"""

from typing import Final

MOST_TEXT: Final = 2**20
"""Most bytes of a table or a template: the largest that comes with drumbeat has a fiftieth."""

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
