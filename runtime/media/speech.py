"""Spoken text: the interface of an engine, and espeak-ng as the one that needs nothing else."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from runtime.errors import MediaError

SPEAK_SECONDS = 15.0
MAX_TEXT = 1000


@dataclass(frozen=True)
class Voice:
    """How a text is to be spoken: `male` or `female`, and a language as `en-us`."""

    gender: str = "female"
    language: str = "en-us"


DEFAULT_VOICE = Voice()


class Speech(Protocol):
    """An engine that speaks."""

    @property
    def name(self) -> str:
        """Name of the engine; with text and voice it decides what is spoken."""
        ...

    async def speak(self, text: str, voice: Voice) -> bytes:
        """Return audio in any format `to_telephone_wav` reads; raises MediaError."""
        ...


class Espeak:
    """espeak-ng as a program: `command` runs it, with its own arguments if it needs any."""

    name = "espeak-ng"

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)

    async def speak(self, text: str, voice: Voice) -> bytes:
        """Return a WAV; a language that espeak-ng lacks is spoken as its base, or English."""
        variant = "+m3" if voice.gender == "male" else "+f3"
        problem = "no language"
        for language in _languages(voice.language):
            audio, problem = await self._run(text[:MAX_TEXT], f"{language}{variant}")
            if audio:
                return audio
        raise MediaError(f"espeak-ng cannot speak {voice.language}: {problem}")

    async def _run(self, text: str, voice: str) -> tuple[bytes, str]:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                *("-v", voice, "-s", "150", "-b", "1", "--stdout"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
        except OSError as error:
            raise MediaError(
                f"espeak-ng cannot be run ({error}); install it or set CALLFLOW_ESPEAK"
            ) from None
        try:
            async with asyncio.timeout(SPEAK_SECONDS):
                audio, errors = await process.communicate(text.encode())
        except TimeoutError:
            raise MediaError(f"espeak-ng did not speak within {SPEAK_SECONDS:g} s") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        complaint = errors.decode(errors="replace").strip()
        return (audio if process.returncode == 0 else b""), complaint or "it said nothing"


def _languages(language: str) -> list[str]:
    wanted = language.lower().replace("_", "-")
    if not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", wanted):
        return ["en-us"]
    return list(dict.fromkeys((wanted, wanted.split("-")[0], "en-us")))
