"""People who are met by e-mail, and by the pages behind its links."""
