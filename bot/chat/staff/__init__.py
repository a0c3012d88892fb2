"""Staff in the chat: what their topics look at, and what they decide."""
