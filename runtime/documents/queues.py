"""Queues: how callers wait for agents, and how those are rung."""

from typing import Annotated, Literal

from pydantic import Field

from runtime.documents.base import DocumentModel, Flag, Integer, Name
from runtime.documents.formats import HttpUrl


class AnnouncementMedia(DocumentModel):
    """The sounds of which announcements are made."""

    in_the_queue: str
    increase_in_call_volume: str
    the_estimated_wait_time_is: str
    you_are_at_position: str


class Announcements(DocumentModel):
    """What waiting callers are told, every `interval` seconds."""

    interval: Annotated[Integer, Field(ge=15)] = 30
    media: AnnouncementMedia | None = None
    position_announcements_enabled: Flag | None = None
    wait_time_announcements_enabled: Flag | None = None


class Queue(DocumentModel):
    """A queue; timers are seconds."""

    name: Name
    strategy: Literal["round_robin", "most_idle"] = "round_robin"
    agent_ring_timeout: Annotated[Integer, Field(ge=1)] = 15
    agent_wrapup_time: Annotated[Integer, Field(ge=0)] = 0
    announce: str | None = None
    announcements: Announcements | None = None
    caller_exit_key: Literal["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"] = "#"
    cdr_url: HttpUrl | None = None
    connection_timeout: Annotated[Integer, Field(ge=0)] = 3600
    enter_when_empty: Flag = True
    max_priority: Annotated[Integer, Field(ge=0, le=255)] | None = None
    max_queue_size: Integer = 0
    moh: str | None = None
    record_caller: Flag = False
    recording_url: HttpUrl | None = None
    ring_simultaneously: Annotated[Integer, Field(ge=1)] = 1
    flags: list[str] | None = None
