"""Letters that are one question, with a link that answers it."""
