"""Audio of the virtual house: silence of the right length, known by what it stands for."""

import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path

from runtime.errors import MediaError
from runtime.media import Store, Voice
from runtime.media.fetch import Fetcher
from runtime.outward import Web
from runtime.simulator.silence import seconds_of, silent_wav
from runtime.simulator.sounds import Sound

SECONDS_PER_CHARACTER = 0.06


class Shelf(Store):
    """A store that knows the names under which its audio is heard."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory, "http://virtual.invalid")
        self._names: dict[str, str] = {}
        self._sounds: dict[str, Sound] = {}

    def name(self, source: str, name: str) -> None:
        """Let what is made from this source be heard under a name."""
        self._names[source] = name

    async def url(self, source: bytes, make: Callable[[], Awaitable[bytes]]) -> str:
        """See Store.url."""
        url = await super().url(source, make)
        if url not in self._sounds:
            self._sounds[url] = Sound(self._name_of(source), self._seconds(url))
        return url

    def find(self, url: str) -> Sound | None:
        """Return the sound at a URL; None when there is none."""
        return self._sounds.get(url)

    def _name_of(self, source: bytes) -> str:
        if source.startswith(b"content "):
            return self._names.get(_content(source.removeprefix(b"content ")), "something")
        text = source.decode()
        known = self._names.get(text)
        if known is not None:
            return known
        kind, _, rest = text.partition(" ")
        return rest.split(" ", 3)[-1] if kind == "speech" else rest

    def _seconds(self, url: str) -> float:
        path = self.path(url.rpartition("/")[2])
        return 0.0 if path is None else seconds_of(path.read_bytes())


class Pages(Fetcher):
    """The audio of the world wide web: lengths in seconds by URL."""

    def __init__(self, shelf: Shelf, web: Web) -> None:
        super().__init__(web)
        self.sounds: dict[str, float] = {}
        self._shelf = shelf

    async def fetch(self, url: str) -> bytes:
        """See Fetcher.fetch."""
        seconds = self.sounds.get(url)
        if seconds is None:
            raise MediaError(f"{url}: 404 Not Found")
        content = silent_wav(seconds, title=url)
        self._shelf.name(_content(content), url)
        return content


class Murmur:
    """A speech engine without a voice: the longer the text, the longer the silence."""

    name = "murmur"

    async def speak(self, text: str, voice: Voice) -> bytes:  # noqa: ARG002 - there is none
        """See Speech.speak."""
        return silent_wav(SECONDS_PER_CHARACTER * len(text), title=text)


def _content(content: bytes) -> str:
    return f"content {hashlib.sha256(content).hexdigest()}"
