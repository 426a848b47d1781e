"""μ-law as RFC 3551 has it, for telephones without a sound card."""

from array import array
from typing import Final

_BIAS, _CLIP = 0x84, 32635


def _sample(code: int) -> int:
    code = ~code & 0xFF
    magnitude = (((code & 0x0F) << 3) + _BIAS << (code >> 4 & 7)) - _BIAS
    return -magnitude if code & 0x80 else magnitude


def _code(sample: int) -> int:
    sign = 0x80 if sample < 0 else 0
    magnitude = min(abs(sample), _CLIP) + _BIAS
    exponent = magnitude.bit_length() - 8
    return ~(sign | exponent << 4 | magnitude >> exponent + 3 & 0x0F) & 0xFF


_SAMPLES: Final = tuple(_sample(code) for code in range(256))


def decoded(payload: bytes) -> bytes:
    """Return 16-bit samples."""
    return array("h", (_SAMPLES[code] for code in payload)).tobytes()


def encoded(samples: bytes) -> bytes:
    """Return the payload of 16-bit samples."""
    return bytes(_code(sample) for sample in array("h", samples))
