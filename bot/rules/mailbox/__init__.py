"""Reading what comes to our mailbox, without any I/O: bytes to a `bot.model.mail.Received`.

============  ==========================================================
``reader``    what kind of message it is, and all that is in it
``opened``    a message taken apart, within bounds
``fields``    the fields of a delivery report (RFC 3464)
``prose``     reports that have none: qmail, dma and others
``verdict``   what a server's answer says of a recipient
``phrases``   the words and numbers by which servers say it
``machines``  whether a program wrote it
``quoted``    a person's own words, without what they quote
============  ==========================================================
"""

from bot.rules.mailbox.reader import MOST, read

__all__ = ["MOST", "read"]
