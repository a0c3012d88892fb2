"""The network that sends nothing and stands in for another."""
