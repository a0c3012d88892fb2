"""What the chat sees and does of what people are called to answer."""
