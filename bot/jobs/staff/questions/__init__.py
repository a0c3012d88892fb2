"""What people ask, and what staff answer: in the chat, and about posts with the hashtag."""
