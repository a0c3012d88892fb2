"""Making a pledge on a page, from the same form as in the chat; and the pages of its maker.

``offer``    whether pledges can be made here, and how else
``filled``   what somebody typed, judged as the chat judges it
``fields``   the fields of the form, with what stands in them
``page``     the steps: who, the form, looking it over, and where the letter went
``mine``     asking for the letter that opens a maker's pages, and the first of these
``whose``    whose pledge a page is about
``own``      a pledge as its maker sees it, and changes it
``due``      what waits for its maker today
``scaling``  the scale-up questionnaire
``written``  a pledge from a page that its letter has not submitted yet
``files``    what its maker takes away of it
``standing`` how the steps of a pledge go on, pause and end
``editors``  who edits a pledge: inviting, handing over, leaving
"""
