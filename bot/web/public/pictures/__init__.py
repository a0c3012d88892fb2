"""Pictures of pages: cards."""
