"""The server by which a language model's program works for a member of staff (Model Context
Protocol, over stdin and stdout): it reads the calendar, texts, numbers and results, and suggests
wordings and translations, which staff use or drop at their desk.

It approves nothing, sends nothing, and there is nothing of people to be had. It is there while
somebody has `drumbeat mcp` running, in the name of one member, whose role is looked at again at
each call; each call is a line in the log of who did what. The database is read over a connection
that can change nothing; suggestions and the log have one of their own.

===========  ==================================================
``tools``    what may be called, as plain functions
``server``   the protocol, by the official SDK
===========  ==================================================
"""
