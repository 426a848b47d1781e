"""What is known while documents are followed: where they came from, and what they led to."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from runtime.callflow import Call, Outcome
from runtime.errors import MediaError, PivotError
from runtime.pivot.session import Answer, Session
from runtime.pivot.twiml.links import resolved
from runtime.pivot.twiml.verbs import Method, Verb

MAX_TOLD: Final = 100
"""How many verbs the trace tells of."""
MAX_PROBLEM: Final = 500
"""Characters of what is wrong: URLs and texts are a stranger's."""
MAX_VARIABLES: Final = 100

_AFTER_ANSWER: Final = 0.1
"""Seconds of silence before sound, while the phones' audio path opens."""

Result: TypeAlias = Answer | Outcome | None
"""After a verb: the next one, another document or callflow, or the way out."""


class Course:
    """One pivot's way through documents; `url` is that of the one that is followed."""

    def __init__(self, session: Session, url: str) -> None:
        self.session = session
        self.url = url
        self._variables: dict[str, str] = {}
        self._known: dict[str, Any] = {}
        self._told: list[dict[str, Any]] = []
        self._untold = 0

    @property
    def call(self) -> Call:
        """The call whose documents these are."""
        return self.session.call

    async def answer(self) -> None:
        """Answer the caller, unless he is answered."""
        if await self.call.answer():
            await self.call.sleep(_AFTER_ANSWER, keep_digits=True)

    # What the server is told.

    def store(self, variables: tuple[tuple[str, str], ...]) -> None:
        """Send these with all later requests; raises PivotError when there are too many."""
        self._variables |= dict(variables)
        if len(self._variables) > MAX_VARIABLES:
            raise PivotError(f"TwiML: more than {MAX_VARIABLES} variables are set")

    def know(self, **values: Any) -> None:
        """Send what a verb led to with all later requests."""
        self._known |= values

    def values(self, **now: Any) -> Mapping[str, Any]:
        """Return what a request tells; `now` is told this once."""
        return {**self._variables, **self._known, **now}

    async def ask(self, url: str | None, method: Method, **now: Any) -> Answer:
        """Ask the server; a relative URL is so to this document, which None stands for."""
        return await self.session.ask(resolved(self.url, url), method, self.values(**now))

    # What the trace is told.

    def cannot_play(self, error: MediaError) -> None:
        """Put into the trace why something is not heard."""
        self.call.note(media_error=str(error)[:MAX_PROBLEM])

    def begin(self, verb: Verb) -> dict[str, Any]:
        """Put a verb into the trace; return what is told of it, to be added to."""
        told: dict[str, Any] = {"verb": verb.name, "line": verb.line}
        if len(self._told) < MAX_TOLD:
            self._told.append(told)
            self.call.note(verbs=self._told)
        else:
            self._untold += 1
            self.call.note(verbs_left_out=self._untold)
        return told
