"""Entity tags: which revision of something a client has."""

import hashlib


def revision_of(number: int, document_id: str) -> str:
    """Return Kazoo's form of a revision: its number and something that looks like a digest."""
    digest = hashlib.sha256(f"{document_id} {number}".encode()).hexdigest()
    return f"{number}-{digest[:32]}"


def digest_of(body: bytes) -> str:
    """Return the revision of a listing."""
    return hashlib.sha256(body).hexdigest()[:32]


def quoted(revision: str) -> str:
    """Return the value of the header ETag."""
    return f'"{revision}"'


def matches(header: str, revision: str) -> bool:
    """Whether If-Match or If-None-Match names this revision; `*` names every one."""
    tags = (tag.strip().removeprefix("W/") for tag in header.split(","))
    return any(tag in ("*", revision, quoted(revision)) for tag in tags)
