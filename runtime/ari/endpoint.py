"""Endpoints and device states."""

from dataclasses import dataclass

from runtime.ari.commands import Commands
from runtime.ari.data import DeviceStateData, EndpointData


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint, such as PJSIP/alice."""

    commands: Commands
    technology: str
    resource: str

    @property
    def id(self) -> str:
        """Its name in a subscription: `PJSIP/alice`."""
        return f"{self.technology}/{self.resource}"

    async def details(self) -> EndpointData:
        """Describe the endpoint; raises Gone when Asterisk does not know it."""
        return await self.commands.ask(EndpointData, "endpoints", self.technology, self.resource)


@dataclass(frozen=True, slots=True)
class DeviceState:
    """A device state by its name; only those named `Stasis:...` can be set.

    Asterisk keeps them on disk: also when it restarts.
    """

    commands: Commands
    name: str

    async def get(self) -> str:
        """Return the state: NOT_INUSE, INUSE, RINGING ..."""
        data = await self.commands.ask(DeviceStateData, "deviceStates", self.name)
        return data.state

    async def set(self, state: str) -> None:
        """Set the state, which lights lamps that watch it; raises AriRefused if not settable."""
        await self.commands.send("PUT", "deviceStates", self.name, query={"deviceState": state})

    async def delete(self) -> bool:
        """Forget the state without telling the lamps: set NOT_INUSE first."""
        return await self.commands.end("DELETE", "deviceStates", self.name)
