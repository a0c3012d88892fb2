"""The entry point for people who chat: an update becomes an event, `bot.conversation` decides what
follows, and its effects become rows and replies.

==============  ==================================================================
``entry``       takes arrivals, and returns what goes out; the store in between
``messages``    the arrivals and outgoing messages themselves
``turn``        who writes where, and what is in force: the ten facts of one turn
``look``        what the topics may look at
``almanac``     the year's actions with their titles
``perform``     which function performs which effect
``people/``     joining, settings, rights, help: its look and its effects
``actions/``    the year's actions: their look and their effects
``pledges/``    pledge-makers: their look and their effects
``staff/``      staff: their look and their effects
``telegram/``   python-telegram-bot's Application
``terminal``    the same entry in a terminal, for trying it out
==============  ==================================================================
"""
