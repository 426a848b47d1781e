"""The events about transfers that a phone asks for or that Asterisk made by itself."""

from runtime.ari.data import AriEvent, AriModel, BridgeData, ChannelData, ChannelEvent


class TransferParty(AriModel):
    """Who asks for a transfer: its channel, the other party and their bridge."""

    source_channel: ChannelData | None = None
    connected_channel: ChannelData | None = None
    bridge: BridgeData | None = None


class RequestedDestination(AriModel):
    """`destination` is the number of a blind transfer, `protocol_id` an attended one's Call-ID."""

    destination: str = ""
    protocol_id: str = ""


class TransferTarget(AriModel):
    """Where a transfer shall go; the channels and the bridge only when it is attended."""

    requested_destination: RequestedDestination = RequestedDestination()
    destination_channel: ChannelData | None = None
    connected_channel: ChannelData | None = None
    bridge: BridgeData | None = None


class ChannelTransfer(AriEvent):
    """A phone asks us for a transfer; one that has a `state` echoes our own progress report."""

    state: str | None = None
    refer_to: TransferTarget
    referred_by: TransferParty


class BridgeBlindTransfer(ChannelEvent):
    """Asterisk itself made a blind transfer."""

    exten: str = ""
    context: str = ""
    result: str = ""
    is_external: bool = False
    replace_channel: ChannelData | None = None
    transferee: ChannelData | None = None
    bridge: BridgeData | None = None


class BridgeAttendedTransfer(AriEvent):
    """Asterisk itself made an attended transfer."""

    transferer_first_leg: ChannelData
    transferer_second_leg: ChannelData
    result: str = ""
    is_external: bool = False
    destination_type: str = ""
    replace_channel: ChannelData | None = None
    transferee: ChannelData | None = None
    transfer_target: ChannelData | None = None
    transferer_first_leg_bridge: BridgeData | None = None
    transferer_second_leg_bridge: BridgeData | None = None
