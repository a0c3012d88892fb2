"""Files of data: where they lie, how they are read, and what is wrong with them as `Problem`s.

=============  ================================================
``roots``      folders over several roots
``limits``     what they may be at most, and why
``opening``    plain files of bounded size, and no link out of the roots
``frozen``     what stands in them, read once
``toml``       one TOML file becomes a table
``shapes``     a table becomes a typed value, or a list of what doesn't fit
``writing``    all of some files, or none
=============  ================================================
"""
