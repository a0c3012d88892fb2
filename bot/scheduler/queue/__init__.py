"""The trigger of many processes: Procrastinate, over one PostgreSQL database.

============  =====================================================================
``queue``     the two verbs, and the life of the worker behind them
``periods``   what comes round, done once by all processes together
``stalled``   jobs whose workers are no more
``hearing``   whether the database is there, and whether this process hears of jobs
``tables``    what all of this needs in the database
============  =====================================================================

Whatever stands in it may be lost, doubled or late: what is due stays a query, and claims with
leases decide who sends it.
"""

from bot.scheduler.queue.queue import Queue as Queue
