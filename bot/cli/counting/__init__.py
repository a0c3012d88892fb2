"""Commands that count: uses of hashtags, and costs."""
