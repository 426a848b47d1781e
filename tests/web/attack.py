"""Thousands of requests made up from the API's own description, right and wrong ones."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

PATIENCE: Final = 30.0
_UNSENDABLE: Final = (
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidURL,
    UnicodeError,
    ValueError,
)
"""Not every text can be sent by this client as it is; others reach the server."""


@dataclass
class Attack:
    """`sent` counts requests by operation and status; `wrong` tells of those answered wrongly.

    `known` makes documents whose ids are tried on a path, each time anew.
    """

    base: str
    description: dict[str, Any]
    token: Callable[[], str]
    account_id: str
    known: Callable[[str], list[str]]
    examples: int
    sent: Counter[tuple[str, int]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    async def run(self) -> None:
        """Send all of them, from a thread beside the server's loop."""
        await asyncio.to_thread(self._run)

    def _run(self) -> None:
        schema = schemathesis.openapi.from_dict(self.description)
        with requests.Session() as session:
            for found in schema.get_all_operations():
                operation: Any = found.ok()  # type: ignore[union-attr]
                documented = operation.definition.raw["responses"].keys()
                for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                    self._try(operation, mode, documented, session)

    def _try(self, operation: Any, mode: Any, documented: Any, session: requests.Session) -> None:
        ids: Sequence[str] = self.known(operation.path)
        choice = st.sampled_from([*ids, None]) if ids else st.none()
        every = settings(
            max_examples=self.examples,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )

        @every
        @given(
            case=operation.as_strategy(generation_mode=mode),
            known=choice,
            ours=st.integers(0, 9),
        )
        def one(case: Any, known: str | None, ours: int) -> None:
            parts = case.path_parameters or {}
            if "account_id" in parts and ours:
                parts["account_id"] = self.account_id
            if "id" in parts and known is not None:
                parts["id"] = known
            self._send(case, documented, session)

        with suppress(Unsatisfiable):  # where there is nothing that can be sent wrongly
            one()

    def _send(self, case: Any, documented: Any, session: requests.Session) -> None:
        headers = {"X-Auth-Token": self.token()}
        try:
            answer = case.call(
                base_url=f"{self.base}/v2", session=session, headers=headers, timeout=PATIENCE
            )
        except _UNSENDABLE:
            return
        name = f"{case.method} {case.operation.path}"
        status = answer.status_code
        self.sent[name, status] += 1
        if status >= 500 or str(status) not in documented:
            self.wrong.append(
                f"{name}: {status} {answer.content[:300]!r}\n{case.as_curl_command()}"
            )
