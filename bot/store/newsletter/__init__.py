"""The newsletter: sign-ups that wait to be confirmed."""
