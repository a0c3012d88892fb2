"""What countries report, as staff decide about it in the chat."""
