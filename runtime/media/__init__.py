"""Audio for callers: prompts, media documents, URLs, tones and spoken text."""

from runtime.media.library import Library, Media, Prompt, Text, voice_of
from runtime.media.speech import Espeak, Speech, Voice
from runtime.media.store import Store

__all__ = ["Espeak", "Library", "Media", "Prompt", "Speech", "Store", "Text", "Voice", "voice_of"]
