"""drumbeat: a social-media campaign automation bot.

The map of the house, lowest floor first; a file imports only from lower floors:

====  =====================================================================
0     ``model`` the words as frozen dataclasses · ``errors`` · ``times``
      instants and how they are written · ``text`` lengths and hashtags as
      each network counts them · ``gaps`` in words of files, filled ·
      ``links`` where they begin and end ·
      ``domains`` as servers take them · ``languages`` tags and what stands
      in for them · ``names`` "did you mean" · ``kept`` values that can be
      made again · ``logcontext`` which delivery a line of the log is about
      · ``tracebacks`` where something failed, without what it was about ·
      ``clock`` the machine's clock, watched for jumps
1     ``rules`` without I/O, clock or randomness: dates, planner, pacing,
      ics, hashtags, forms, smart, tokens, amplification, journey,
      ``pledges`` who might work together, ``events`` when they are,
      ``pathfinders`` how far a country is, ``mailbox`` what a message is
      that comes back, and ``reading`` what people type ·
      ``conversation`` (state, event) -> (state, effects)
2     ``files`` roots, TOML, and what is wrong with them as problems; above
      it edges, which never import each other: ``library`` data files ·
      ``render`` templates · ``config`` settings · ``store`` the database ·
      ``networks`` one room per service: posting to it and counting on it ·
      ``gate`` bounds on what strangers may take of us · ``pictures`` what
      leaves of a picture
      · on them ``documents`` files that people take away
3     ``jobs``: what is done at an instant, in rooms by feature
4     ``app``: Settings to Services, the only room that builds edges
5     entry points: ``chat`` people who talk to the bot · ``mcp`` language
      models' programs of staff, who read and suggest · ``web`` the pages
      of letters · ``scheduler`` the live process · ``cli`` commands
====  =====================================================================

A feature (people, actions, pledges, staff, sending, planning, counting,
amplify …) has one name, and a room of that name on each floor where it
has something.

Data files say what, pure functions say when, one outbox says whether, one
small room per network says how.
"""

import zoneinfo

__version__ = "0.1.0"

# Clock changes come from the pinned tzdata package, not from the machine: the same plan everywhere.
zoneinfo.reset_tzpath(())
