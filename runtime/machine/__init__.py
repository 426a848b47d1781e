"""All that `callflow up` needs on this machine: Asterisk, PostgreSQL, a voice, and secrets."""

from runtime.machine.asterisk import AsteriskProgram, provide_asterisk
from runtime.machine.installation import embedded_postgres, installation
from runtime.machine.postgres import EmbeddedPostgres
from runtime.machine.progress import ProgressBar, ProgressLines, ShowProgress, quiet
from runtime.machine.server import AsteriskServer

__all__ = [
    "AsteriskProgram",
    "AsteriskServer",
    "EmbeddedPostgres",
    "ProgressBar",
    "ProgressLines",
    "ShowProgress",
    "embedded_postgres",
    "installation",
    "provide_asterisk",
    "quiet",
]
