"""What the links of letters open, a page for each purpose; confirming, unsubscribing and "Still
with us?" are in `bot.web.pages`. Each is a function `(Asked) -> Page`, None where there is nothing.

============  ===========================================================
``answer``    a maker answers a question about their pledge
``report``    a step of a pledge is done
``official``  an official address answers whether a pledge is theirs
``proposal``  a pledge that was written on a page is submitted
``mine``      the pages of a pledge's maker are opened
``invited``   who was invited edits a pledge
============  ===========================================================
"""
