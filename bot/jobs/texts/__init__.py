"""What a delivery says: posts, nudges, notes, letters, their buttons and the pages they lead to."""
