"""Which addresses a URL of a document may lead to."""

import pytest

from runtime.errors import MediaError
from runtime.media.outward import is_public, refuse_private_literal

OWN = [
    "127.0.0.1",
    "0.0.0.0",  # noqa: S104 - it is refused
    "10.1.2.3",
    "100.64.0.1",
    "169.254.169.254",
    "224.0.0.1",
    "::1",
    "fe80::1",
    "fd00::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
]


@pytest.mark.parametrize("address", OWN)
def test_the_own_network_is_not_public_whatever_it_is_wrapped_in(address: str) -> None:
    assert not is_public(address)
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(MediaError, match="not a public address"):
        refuse_private_literal(f"http://{host}:8080/x")


@pytest.mark.parametrize("address", ["9.9.9.9", "2620:fe::fe", "64:ff9b::909:909"])
def test_the_public_network_is(address: str) -> None:
    assert is_public(address)


def test_names_are_left_to_the_resolver() -> None:
    refuse_private_literal("http://localhost/x")
