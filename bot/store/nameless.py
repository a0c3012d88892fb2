"""A migration that takes names out of what staff were told: of pledges, of who made them, and of
their posts.

Sentences of older versions named them; now a sentence holds a number, and what is over is deleted.
"""

import json
import re
from typing import Any

from sqlite_utils import Database as Tables

OVER = """
UPDATE alert SET text = '', detail = '{}' WHERE closed IS NOT NULL;
UPDATE notice SET fields = '{}' WHERE gone IS NOT NULL;
DELETE FROM alert WHERE kind IN ('amplification', 'retract')
  AND subject NOT IN (SELECT CAST(id AS TEXT) FROM amplification);
UPDATE pledge_invite SET by_person = 0 WHERE by_person NOT IN (SELECT id FROM person);
INSERT INTO meta (key, value) SELECT 'traces', '0' WHERE EXISTS (SELECT 1 FROM tombstone);
"""
"""Statements that empty what is over, and delete what refers to somebody who is gone."""


def take_names(tables: Tables) -> None:
    """Rewrite open tasks about pledges, and notices about them that have not left yet."""
    there = {number for (number,) in tables.execute("SELECT id FROM pledge").fetchall()}
    tasks = "SELECT id, subject FROM alert WHERE kind = 'journey' AND closed IS NULL"
    for task, subject in tables.execute(tasks).fetchall():
        named = re.match(r"pledge (\d+)(?::|$)", subject)
        if named and int(named[1]) not in there:
            tables.execute("DELETE FROM alert WHERE id = :id", {"id": task})
        else:
            tables.execute(
                "UPDATE alert SET text = :text WHERE id = :id",
                {"text": _sentence(subject), "id": task},
            )
    waiting = "SELECT id, fields FROM notice WHERE gone IS NULL"
    for notice, fields in tables.execute(waiting).fetchall():
        tables.execute(
            "UPDATE notice SET fields = :fields WHERE id = :id",
            {"fields": json.dumps(_told(json.loads(fields)), ensure_ascii=False), "id": notice},
        )


def _sentence(subject: str) -> str:
    return f"{subject}; `drumbeat pledges report NUMBER` shows who it is and what was so far"


def _told(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a notice without names: those of an alarm, or of the daily line."""
    told = dict(fields)
    if "needs" in fields:
        told["needs"] = [_told(need) for need in fields["needs"]]
    if fields.get("kind") == "journey":
        about = [need.get("subject") for need in fields.get("about", ())]
        told["text"] = _sentence(fields.get("subject") or next(filter(None, about), "a pledge"))
    return told
