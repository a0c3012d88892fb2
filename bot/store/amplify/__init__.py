"""Tables about amplifying: posts of pledge-makers, and packs posted by hand."""
