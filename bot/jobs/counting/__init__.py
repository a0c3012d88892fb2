"""Jobs of counting: how often hashtags are used, and what posting and counting cost."""
