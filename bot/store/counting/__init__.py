"""Tables about counting: samples of hashtag usage, and costs of calls."""
