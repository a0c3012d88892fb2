"""The door for people who chat: an update becomes an event, `bot.conversation` decides, effects
become rows and replies.

==============  ==================================================================
``entry``       arrivals in, outgoing messages out; the store in between
``turn``        who writes where, and what is in force: the facts of one turn
``view``        what the topics may look at
``almanac``     the year's actions with their titles
``effects/``    one file per topic: how its effects are done
``telegram``    python-telegram-bot's Application
``webhook``     where Telegram reaches us, when a public address is configured
``flood``       slows down who writes too much
``terminal``    the same door in a terminal, for trying it out
==============  ==================================================================
"""
