"""What the chat sees and does for the focal points of countries."""
