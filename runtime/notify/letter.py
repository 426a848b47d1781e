"""Letters: what is to be told to whom, and the templates that say it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from typing import Protocol
from uuid import uuid4

from runtime.errors import SettingError
from runtime.storage.mails import MailRow

TEMPLATES = Path(__file__).parent / "templates"

MAX_SUBJECT = 200

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Something to tell one person; `kind` names the template, `values` are what it may say."""

    account_id: str
    kind: str
    recipient: str
    values: Mapping[str, str]
    call_id: str | None = None


class Post(Protocol):
    """Where letters are handed in."""

    @property
    def problem(self) -> str | None:
        """Why no letter can be sent; None when they can."""

    async def post(self, letters: Sequence[Letter]) -> None:
        """Take letters; from its return on they are not lost, and it never raises."""


class Templates:
    """The texts of letters: ours, or those of the same name in a directory.

    The first line of a file is `Subject: ...`, then comes an empty one, then the text; `$name`
    stands for a value. Raises SettingError for a directory that cannot be read.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._texts = {path.stem: path.read_text() for path in TEMPLATES.glob("*.txt")}
        if directory is None:
            return
        try:
            found = {path.stem: path.read_text() for path in directory.iterdir()}
        except (OSError, UnicodeDecodeError) as error:
            raise SettingError(
                "CALLFLOW_MAIL_TEMPLATES",
                f"{directory} cannot be read ({error})",
                "It is a directory with files such as missed_call.txt.",
            ) from None
        for kind in self._texts.keys() & found.keys():
            if not found[kind].startswith("Subject: "):
                raise SettingError(
                    "CALLFLOW_MAIL_TEMPLATES",
                    f"the first line of {directory / kind}.txt is no subject",
                    "Begin it with `Subject: `.",
                )
            self._texts[kind] = found[kind]

    def written(self, letter: Letter) -> MailRow:
        """Write a letter down."""
        values = {name: _harmless(value) for name, value in letter.values.items()}
        text = Template(self._texts[letter.kind]).safe_substitute(values)
        head, _, body = text.partition("\n")
        subject = " ".join(head.removeprefix("Subject: ").split())[:MAX_SUBJECT]
        return MailRow(
            id=uuid4().hex,
            account_id=letter.account_id,
            kind=letter.kind,
            recipient=letter.recipient,
            subject=subject,
            body=body.lstrip("\n"),
            created_at=datetime.now(UTC),
            call_id=letter.call_id,
        )


def _harmless(value: str) -> str:
    """Replace what no header and no database can hold: callers choose their names."""
    return _CONTROL.sub(" ", value).encode(errors="replace").decode()
