"""Actions in the chat: what their topics look at, and what becomes of it."""
