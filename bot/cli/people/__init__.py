"""Commands about people, and the chat in a terminal."""
