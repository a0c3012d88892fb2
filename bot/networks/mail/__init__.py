"""E-mail, written with `email.message` and handed to one mail server with aiosmtplib.

`mailer` is what a network asks; `account` says where letters leave and for whom, `writing` makes
the bytes, `client` speaks to the server, and `answers` says what its answers mean. `tries` is for
letters that wait in tables of their own.
"""
