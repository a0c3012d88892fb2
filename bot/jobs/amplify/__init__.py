"""Jobs of amplifying: find posts of pledge-makers, review them, pass them on."""
