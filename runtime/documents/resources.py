"""Carriers, which Kazoo calls resources: to whom calls to outside are sent."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from runtime.documents.base import DocumentModel, Flag, Integer, Name, unique
from runtime.documents.formats import SipHeaders
from runtime.documents.shared import EndpointMedia, Expression, Formatters, Once

Affix = Annotated[str, StringConstraints(max_length=64)]
Credential = Annotated[str, StringConstraints(max_length=32)]
Weight = Annotated[Integer, Field(ge=0, le=100)]
CallerIdType = Literal["internal", "external", "emergency"]
GatewayCodec = Literal[
    "G729",
    "PCMU",
    "PCMA",
    "G722",
    "G722_16",
    "G722_32",
    "CELT_48",
    "CELT_64",
    "Speex",
    "GSM",
    "OPUS",
    "H261",
    "H263",
    "H264",
    "VP8",
]


class Gateway(DocumentModel):
    """One server of a carrier; `progress_timeout` is seconds."""

    enabled: Flag = True
    server: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = None
    port: Annotated[Integer, Field(ge=1, le=65_535)] = 5060
    username: Credential | None = None
    password: Credential | None = None
    realm: Affix | None = None
    prefix: Affix | None = None
    suffix: Affix | None = None
    route: str | None = None
    codecs: Annotated[list[GatewayCodec], AfterValidator(unique), Once] | None = None
    invite_format: Literal["route", "username", "e164", "npan", "1npan", "strip_plus"] = "route"
    endpoint_type: Literal["sip", "freetdm", "skype", "amqp"] = "sip"
    caller_id_type: CallerIdType | None = None
    custom_sip_headers: SipHeaders | None = None
    custom_sip_interface: str | None = None
    force_port: Flag = False
    bypass_media: Flag | None = None
    format_from_uri: Flag | None = None
    from_uri_realm: str | None = None
    progress_timeout: Integer | None = None
    channel_selection: Literal["ascending", "descending"] = "ascending"
    media: dict[str, Any] | None = None


class Classifier(DocumentModel):
    """How a class of numbers is sent; it becomes a rule."""

    enabled: Flag = True
    emergency: Flag = False
    prefix: Affix | None = None
    suffix: Affix | None = None
    regex: Expression | None = None
    weight_cost: Weight = 50


class ResourceCallerId(DocumentModel):
    """Which of the caller's names and numbers is shown."""

    type: CallerIdType | None = None


class Resource(DocumentModel):
    """A carrier; `grace_period` is seconds, the lower `weight_cost` the earlier it is tried."""

    name: Name
    gateways: list[Gateway]
    enabled: Flag = True
    rules: list[Expression] = Field(default=[])
    rules_test: list[str] = Field(default=[])
    cid_rules: list[Expression] | None = None
    classifiers: dict[Annotated[str, StringConstraints(min_length=1)], Classifier] | None = None
    weight_cost: Weight = 50
    emergency: Flag = False
    flags: list[str] = Field(default=[])
    require_flags: Flag | None = None
    ignore_flags: Flag | None = None
    grace_period: Annotated[Integer, Field(ge=1, le=20)] = 5
    gateway_strategy: Literal["sequential", "random"] | None = None
    caller_id_options: ResourceCallerId | None = None
    format_from_uri: Flag | None = None
    from_uri_realm: str | None = None
    from_account_realm: Flag = False
    formatters: Formatters | None = None
    media: EndpointMedia | None = None
