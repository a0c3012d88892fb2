"""The newsletter: sign-ups that wait to be confirmed, and the letters that tell of a month."""
