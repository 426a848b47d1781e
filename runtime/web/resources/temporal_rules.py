"""Temporal rules and sets of them."""

from collections.abc import Iterable
from typing import Any

from runtime.documents.temporal_rules import TemporalRule, TemporalRuleSet
from runtime.storage.collection import Stored
from runtime.web import documents
from runtime.web.api import Api
from runtime.web.declare import Route
from runtime.web.documents import Kind, fields


def row_of_set(stored: Stored) -> dict[str, Any]:
    """Return a set's row in a listing; `rules` are its rules' ids."""
    row = fields("name", flags=[])(stored)
    return row | {"rules": stored.doc.get("temporal_rules", [])}


RULE = Kind(
    name="temporal_rule",
    path="temporal_rules",
    model=TemporalRule,
    row=fields("name", "type", flags=[]),
)
RULE_SET = Kind(
    name="temporal_rule_set", path="temporal_rules_sets", model=TemporalRuleSet, row=row_of_set
)


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of temporal rules and of their sets."""
    yield from documents.routes(api, RULE)
    yield from documents.routes(api, RULE_SET)
