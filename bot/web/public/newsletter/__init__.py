"""The newsletter: signing up by e-mail.

============  ==================================================================
``page``      the steps of signing up
``fields``    the fields of its form, and what was typed into them
============  ==================================================================
"""
