"""Which addresses a URL of a document may lead to."""

import pytest

from runtime.errors import WebError
from runtime.outward import is_public, web_address

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
    with pytest.raises(WebError, match="not a public address"):
        web_address(f"http://{host}:8080/x", allow_private=False)
    web_address(f"http://{host}:8080/x", allow_private=True)


@pytest.mark.parametrize("address", ["9.9.9.9", "2620:fe::fe", "64:ff9b::909:909"])
def test_the_public_network_is(address: str) -> None:
    assert is_public(address)


def test_names_are_left_to_the_resolver() -> None:
    web_address("http://printer.office/x", allow_private=False)


@pytest.mark.parametrize("host", ["localhost", "a.localhost", "127.1", "0x7f000001", "localhost."])
def test_what_resolvers_take_for_this_machine_is_not(host: str) -> None:
    with pytest.raises(WebError, match="not a public address"):
        web_address(f"http://{host}/x", allow_private=False)


@pytest.mark.parametrize("url", ["", "x", "ftp://example.com/x", "http://", "http://[", "//a.b/c"])
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(WebError):
        web_address(url, allow_private=True)
