"""drumbeat: a social-media campaign automation bot.

The map of the house, lowest floor first; a file imports only from lower floors:

====  =====================================================================
0     ``model`` the words as frozen dataclasses · ``errors`` · ``text``
      lengths, hashtags and links as each network counts them
1     rules without I/O, clock or randomness: ``dates`` · ``planner`` ·
      ``pacing`` · ``ics`` · ``hashtags`` usage, lift, trend · ``forms`` ·
      ``handles`` names on networks · ``smart`` a pledge's review ·
      ``tokens`` signed links · ``amplification`` whose posts we pass on ·
      ``journey`` a pledge-maker's year ·
      ``conversation`` (state, event) -> (state, effects)
2     edges, which never import each other: ``library`` data files ·
      ``render`` templates · ``config`` settings · ``store`` the database ·
      ``networks`` one file per network · ``usage`` one file per source of
      hashtag counts
3     ``jobs``: one file, one job, ``run(services, now)``
4     ``app``: Settings to Services, the only file that builds edges
5     doors: ``chat`` people who talk to the bot · ``web`` the pages of
      letters · ``scheduler`` which job, how often · ``cli`` commands
====  =====================================================================

Data files say what, pure functions say when, one outbox says whether, one
small file per network says how.
"""

import zoneinfo

__version__ = "0.1.0"

# Clock changes come from the pinned tzdata package, not from the machine: the same plan everywhere.
zoneinfo.reset_tzpath(())
