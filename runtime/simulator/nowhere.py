"""An address at which nothing answers, not even with a refusal."""

from runtime.simulator.channel import Channel, Party


class Nowhere:
    """A phone that has been switched off without a farewell; and who is at its end: nobody."""

    @property
    def speech(self) -> str | None:
        """See Party.speech."""
        return None

    def called(self) -> Party:
        """See Ring.called."""
        return self

    def dialled(self, channel: Channel) -> None:
        """See Ring.dialled."""

    def rings(self) -> None:
        """See Party.rings."""

    def progresses(self) -> None:
        """See Party.progresses."""

    def told(self, status: int) -> None:
        """See Party.told."""

    def up(self) -> None:
        """See Party.up."""

    def sounds(self, names: frozenset[str]) -> None:
        """See Party.sounds."""

    def hears_digit(self, digit: str) -> None:
        """See Party.hears_digit."""

    def over(self, status: int | None, cause: int) -> None:
        """See Party.over."""
