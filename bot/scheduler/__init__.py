"""The running process: APScheduler says when to look, rows in the database say what is to be done.

=============  ====================================================================
``process``    its life, from the start to the stop: signals, which jobs there are
``trigger``    the port of two verbs by which it says when something is done
``timers``     what is behind that port in one process: APScheduler, and the clock under it
``queue``      what is behind it where several processes share a database: Procrastinate
``parts``      which of all that such a process does
``outage``     when it ends because its database is gone, or it stands still
``ending``     how its tasks end
``reloading``  new settings and data, while it runs
``talking``    the chat, in a task of its own
``listening``  the ports: pages, and the health port
``shared``     what all of these use
=============  ====================================================================
"""

from bot.scheduler.process import Scheduler as Scheduler
