"""Pledge-makers in the chat: what their topics look at, and what their effects do."""
