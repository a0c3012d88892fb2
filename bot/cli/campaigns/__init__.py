"""Commands for campaign authors."""
