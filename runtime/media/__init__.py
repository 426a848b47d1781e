"""Audio for callers: prompts, media documents, URLs, tones and spoken text."""

from runtime.media.library import Library, Media, Prompt, voice_of
from runtime.media.prompts import sound_language
from runtime.media.say import SAY_KINDS, Saying, Sounds, Text, say, speak
from runtime.media.speech import Espeak, Speech, Voice
from runtime.media.store import Store

__all__ = [
    "SAY_KINDS",
    "Espeak",
    "Library",
    "Media",
    "Prompt",
    "Saying",
    "Sounds",
    "Speech",
    "Store",
    "Text",
    "Voice",
    "say",
    "sound_language",
    "speak",
    "voice_of",
]
