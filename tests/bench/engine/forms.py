"""W12: an answer that has to be JSON of a schema, beside free text of the same length.

The bundled model writes it: what a form costs depends on how often a model would leave it by itself,
so random weights would say nothing.
"""

from __future__ import annotations

from measure import Others

from .asking import ask
from .sheet import own_at_least
from .stand import Stand, turns

TOKENS = 200
TOWN = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "houses": {"type": "integer"},
        "river": {"type": "string"},
        "known_for": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 4},
        "lies": {"enum": ["by the sea", "in the hills", "in the plain"]},
    },
    "required": ["name", "houses", "river", "known_for", "lies"],
    "additionalProperties": False,
}
# More of them than fit: every answer is as long as it may be.
TOWNS = {"type": "array", "items": TOWN, "minItems": 40, "maxItems": 60}
FORM = {"type": "json_schema", "json_schema": {"name": "towns", "strict": True, "schema": TOWNS}}
QUESTION = "Make up forty towns: the name of each, its houses, its river, what it is known for and where it lies."


def schema(stand: Stand) -> None:
    """Pairs of one free answer and one bound answer."""
    sheet = stand.sheet
    rows = (sheet.row("W12", "free text, tok/s"), sheet.row("W12", "JSON of a schema, tok/s"))
    part = sheet.row("W12", "JSON of a schema over free text", own_at_least(0.9))
    first = sheet.row("W12", "JSON of a schema, first token, ms")
    with stand.pair(stand.shape(None)) as pair:
        for number, server in turns(pair, stand.count(7, 3)):
            speeds = []
            for row, more in zip(rows, ({}, {"response_format": FORM})):
                with Others() as others:
                    told = ask(server, QUESTION, TOKENS, temperature=0.7, seed=number + 1, **more)
                # With the beginning: a schema has to be read as well.
                speeds.append(told.tokens / (told.end - told.begin))
                row.add(server, speeds[-1], others.load, tokens=told.tokens, text=told.text[:200])
            first.add(server, told.first_s * 1000, others.load)
            part.add(server, speeds[1] / speeds[0], others.load)
