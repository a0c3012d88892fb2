"""What comes to our mailbox: reports of mail servers, and what people answer."""
