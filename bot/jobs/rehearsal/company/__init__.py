"""The company of a rehearsal: invented people who do what real ones would. They pledge and answer,
sign up for events, answer surveys, send something to calls and contests, ask makers, get letters,
and two of them stand for the staff who decide about all that, and edit and approve the letter of a
month.

Each file says what its people do, as acts on an `agenda`; all of it goes through the jobs that the
chat, the pages and the live process call.
"""

from datetime import datetime

from bot.jobs.rehearsal.company import (
    askers,
    callers,
    editors,
    followers,
    guests,
    makers,
    readers,
)
from bot.jobs.rehearsal.company.agenda import Agenda
from bot.jobs.rehearsal.script import Script
from bot.jobs.services import Services


def gathered(services: Services, script: Script, clock: datetime) -> Agenda:
    """Return what the company does from `clock` on; what lies before was done in this file."""
    agenda = Agenda(clock)
    for part in (makers, readers, guests, followers, callers, askers, editors):
        part.plan(agenda, services, script)
    return agenda
