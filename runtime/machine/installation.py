"""The installation in the state directory: its secrets, made once."""

import os
import secrets
from pathlib import Path

from dotenv import dotenv_values
from pydantic import SecretStr

from runtime.machine.postgres import EmbeddedPostgres
from runtime.settings import ENV_PREFIX, Settings

_ARI_PASSWORD = f"{ENV_PREFIX}ARI_PASSWORD"
_TEST_CALL_PASSWORD = f"{ENV_PREFIX}TEST_CALL_PASSWORD"
_DATABASE_URL = f"{ENV_PREFIX}DATABASE_URL"
# no setting: with it the file's database URL is that of our own PostgreSQL
_POSTGRES_PASSWORD = f"{ENV_PREFIX}POSTGRES_PASSWORD"
# kept, so that `callflow dial` in another terminal finds the Asterisk of `callflow up`
_PLACES = ("ari_port", "sip_host", "sip_port", "rtp_start", "rtp_end", "http_host", "http_port")
_HEADER = "# Written by `callflow up`: the secrets and places of this installation.\n"


def installation(settings: Settings) -> Settings:
    """Make the state directory and what is missing in it; return the settings with all secrets.

    Secrets are generated once and kept in `settings.env_file` (mode 0600), as are ports that are
    not the usual ones. Secrets that come from the environment are not written down. Other lines of
    the file stay as they are.
    """
    # root's PostgreSQL has an account of its own, which must get through to its data
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    settings.state_dir.chmod(0o711 if os.geteuid() == 0 else 0o700)
    kept = _kept(settings.env_file)
    new: dict[str, str] = {}
    if settings.ari_password is None:
        new[_ARI_PASSWORD] = secrets.token_urlsafe(24)
    if settings.test_call_password is None:
        new[_TEST_CALL_PASSWORD] = secrets.token_urlsafe(24)
    if _is_embedded(settings, kept):
        password = kept.get(_POSTGRES_PASSWORD) or secrets.token_urlsafe(24)
        new[_POSTGRES_PASSWORD] = password
        new[_DATABASE_URL] = _postgres(settings, password).url
    for name in _PLACES:
        key = f"{ENV_PREFIX}{name.upper()}"
        value = getattr(settings, name)
        if key in kept or value != Settings.model_fields[name].default:
            new[key] = str(value)
    _keep(settings.env_file, kept, new)
    generated = {
        name: SecretStr(new[key])
        for name, key in (
            ("ari_password", _ARI_PASSWORD),
            ("test_call_password", _TEST_CALL_PASSWORD),
            ("database_url", _DATABASE_URL),
        )
        if key in new
    }
    return settings.model_copy(update=generated)


def embedded_postgres(settings: Settings) -> EmbeddedPostgres | None:
    """Return this installation's own PostgreSQL; None where `settings` name another one."""
    password = _kept(settings.env_file).get(_POSTGRES_PASSWORD)
    if not password or settings.database_url is None:
        return None
    postgres = _postgres(settings, password)
    return postgres if settings.database_url.get_secret_value() == postgres.url else None


def _is_embedded(settings: Settings, kept: dict[str, str]) -> bool:
    """Whether the database is our own; its URL in the file may be of before a move."""
    if settings.database_url is None:
        return True
    url = settings.database_url.get_secret_value()
    return _POSTGRES_PASSWORD in kept and url == kept.get(_DATABASE_URL)


def _postgres(settings: Settings, password: str) -> EmbeddedPostgres:
    return EmbeddedPostgres(settings.state_dir / "postgres", password)


def _kept(file: Path) -> dict[str, str]:
    return {key: value for key, value in dotenv_values(file).items() if value is not None}


def _keep(file: Path, kept: dict[str, str], new: dict[str, str]) -> None:
    changed = {key: value for key, value in new.items() if kept.get(key) != value}
    if not changed:
        return
    lines = file.read_text().splitlines(keepends=True) if file.exists() else [_HEADER]
    others = [line for line in lines if line.split("=", 1)[0].strip() not in changed]
    written = file.with_suffix(".new")
    written.unlink(missing_ok=True)
    written.touch(mode=0o600)
    written.write_text("".join(others) + "".join(f"{k}={v}\n" for k, v in changed.items()))
    written.replace(file)
