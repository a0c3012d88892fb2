"""Commands of results: what people did with posts of ours."""
