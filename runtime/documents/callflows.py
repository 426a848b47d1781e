"""Callflows: what they answer to, and the nodes of their tree."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from runtime.documents.base import DocumentModel, unique
from runtime.documents.metaflows import Metaflows

CallflowNumber = Annotated[str, StringConstraints(min_length=1, max_length=36)]
Pattern = Annotated[str, StringConstraints(min_length=1)]


class CallflowNode(DocumentModel):
    """One step: the action's name, its data, and the nodes that may come next by key.

    A child `{}` is the empty node, at which the flow stops.
    """

    module: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    data: dict[str, Any] = Field(default={})
    children: dict[str, dict[str, Any]] = Field(default={})


class FeatureCode(DocumentModel):
    """What user interfaces say of a callflow that is a feature code."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = None
    number: Annotated[str, StringConstraints(min_length=1, max_length=30)] | None = None


class Ringback(DocumentModel):
    """Media that a caller hears while somebody is called."""

    early: str | None = None
    transfer: str | None = None


class Callflow(DocumentModel):
    """A callflow: the numbers and patterns it answers to, one at least, and a tree of actions."""

    name: str | None = None
    numbers: Annotated[list[CallflowNumber], AfterValidator(unique)] = Field(
        default=[], json_schema_extra={"uniqueItems": True}
    )
    patterns: list[Pattern] = Field(default=[])
    flow: dict[str, Any] | None = None
    featurecode: FeatureCode | None = None
    ringback: Ringback | None = None
    metaflow: Metaflows | None = None
    flags: list[str] | None = None
