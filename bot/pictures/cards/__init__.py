"""Cards: pictures made of words alone, drawn from one Typst template for each kind.

`keeping` makes each once and keeps it, `drawing` draws, `fonts` knows which letters there are.
templates/ is all that Typst may read, so nothing else may ever lie there.
"""
