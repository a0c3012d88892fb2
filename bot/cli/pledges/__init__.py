"""Commands about pledges."""
