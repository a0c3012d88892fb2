"""Files of data: where they lie, and what is wrong with them as `Problem`s.

=============  ================================================
``roots``      folders over several roots
``frozen``     what stands in them, read once
``toml``       one TOML file -> a table
``shapes``     a table -> a typed value, or what doesn't fit it
=============  ================================================
"""
