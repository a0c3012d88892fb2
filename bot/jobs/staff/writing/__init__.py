"""What staff write: posts of their own before they are sent, and other words to people.

==============  ===================================================================
``when``        days and hours as people write them
``composed``    a draft beside what it needs, what is wrong with it, how it is sent
``doubles``     posts that come too near each other
``pictures``    what is kept of a picture that somebody sends
``table``       several posts from a CSV file
``rewordings``  other words for what goes to people of an occurrence
==============  ===================================================================
"""
