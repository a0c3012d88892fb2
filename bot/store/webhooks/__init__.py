"""What webhooks are told: events as they happen, and what has become of each at each webhook."""
