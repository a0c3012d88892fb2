"""Rows of sending: the outbox, approvals, holds, channels."""
