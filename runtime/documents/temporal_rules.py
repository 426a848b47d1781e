"""Temporal rules: days and times of day, and sets of them."""

from typing import Annotated, Literal

from pydantic import Field

from runtime.documents.base import DocumentModel, Flag, Integer, Name

SecondOfDay = Annotated[Integer, Field(ge=0, le=86_400)]


class TemporalRule(DocumentModel):
    """When something is so; `enabled` says that it always or never is.

    `start_date` is Gregorian seconds, the window seconds of the day.
    """

    name: Name
    cycle: Literal["date", "daily", "weekly", "monthly", "yearly"]
    enabled: Flag | None = None
    interval: Annotated[Integer, Field(ge=1)] = 1
    start_date: Integer = 62_586_115_200
    month: Annotated[Integer, Field(ge=1, le=12)] | None = None
    days: list[Annotated[Integer, Field(ge=1, le=31)]] | None = None
    wdays: (
        list[
            Literal[
                "monday",
                "tuesday",
                "wednesday",
                "wensday",
                "thursday",
                "friday",
                "saturday",
                "sunday",
            ]
        ]
        | None
    ) = None
    ordinal: Literal["every", "first", "second", "third", "fourth", "fifth", "last"] | None = None
    time_window_start: SecondOfDay | None = None
    time_window_stop: SecondOfDay | None = None
    flags: list[str] | None = None


class TemporalRuleSet(DocumentModel):
    """Rules by their ids."""

    name: Name
    temporal_rules: Annotated[list[str], Field(min_length=1)] | None = None
    flags: list[str] | None = None
