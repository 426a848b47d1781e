"""Hashes of credentials, slow to guess: argon2id of the digest that Kazoo's clients send."""

import asyncio
import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

from argon2.low_level import Type, hash_secret

MEMORY_KIB: Final = 19_456
PASSES: Final = 2
"""OWASP's parameters. A hash is found by its value: one with others would never be found again."""
WORKERS: Final = 2
"""Hashes made at the same time; whoever comes then waits."""

_DIGEST = {"md5": re.compile(r"[0-9a-f]{32}"), "sha": re.compile(r"[0-9a-f]{40}")}
_workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="passwords")


class Hashes(NamedTuple):
    """What is stored of one user's credentials, by the method with which he logs in."""

    md5: str
    sha1: str


async def hashes_of(account_id: str, username: str, password: str) -> Hashes:
    """Return what is to be stored for a user of this account."""
    text = f"{username.lower()}:{password}".encode()
    md5 = hashlib.md5(text, usedforsecurity=False).hexdigest()
    sha1 = hashlib.sha1(text, usedforsecurity=False).hexdigest()
    return Hashes(await hash_of(account_id, md5), await hash_of(account_id, sha1))


async def hash_of(account_id: str, digest: str) -> str:
    """Return the hash of a digest (hexadecimal): in an account always the same.

    A client names no user, only the digest, by which he must be found with one hash. So the salt is
    the account's, its id being random and used nowhere else; within it the usernames, which are in
    the digests, make them differ.
    """
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_workers, _hash, account_id, digest)


def is_digest(text: str, method: str) -> bool:
    """Whether this is what a client sends by the method `md5` or `sha`."""
    return _DIGEST[method].fullmatch(text) is not None


def is_hashed(stored: str) -> bool:
    """Whether this is a hash; otherwise it is the digest itself, as Kazoo keeps it."""
    return stored.startswith("$argon2")


def _hash(account_id: str, digest: str) -> str:
    salt = hashlib.sha256(b"callflow credentials " + account_id.encode()).digest()[:16]
    return hash_secret(
        digest.encode(),
        salt,
        time_cost=PASSES,
        memory_cost=MEMORY_KIB,
        parallelism=1,
        hash_len=32,
        type=Type.ID,
    ).decode()
