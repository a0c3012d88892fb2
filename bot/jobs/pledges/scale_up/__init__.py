"""What pledge-makers find for bringing their pledges further: the answers to one questionnaire.

============  ==========================================================
``results``   the finished answers, and how they stand
``deciding``  whether everybody may see them
============  ==========================================================
"""
