"""Commands about what is sent: outbox, holds and packs."""
