"""Jobs of results: what people did with posts of ours, read, listed and told month by month."""
