"""Frozen settings from the environment and from the file of an installation."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from runtime.errors import SettingError

ENV_PREFIX = "CALLFLOW_"
ENV_FILE_NAME = "callflow.env"

Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseSettings):
    """All that can be set; each field is the environment variable CALLFLOW_<FIELD>."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, frozen=True, extra="ignore")

    state_dir: Path = Field(
        default=Path(".callflow"),
        description="directory of this installation: secrets, database, Asterisk's files, media",
    )
    cache_dir: Path = Field(
        default=Path.home() / ".cache" / "callflow",
        description="directory of downloaded programs, shared by all installations of this user",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="PostgreSQL to use (also DATABASE_URL); without it an embedded one is started",
    )
    debian_mirror: str = Field(
        default="http://deb.debian.org/debian",
        description="where Asterisk comes from when this machine has none that is new enough",
    )

    ari_url: str = Field(
        default="", description="Asterisk's ARI; default http://127.0.0.1:<ari_port>/ari"
    )
    ari_port: Port = Field(default=8088, description="port of Asterisk's HTTP server, for `up`")
    ari_user: str = Field(default="callflow", pattern=r"^[A-Za-z0-9_-]+$", description="ARI user")
    ari_password: SecretStr | None = Field(
        default=None, description="ARI password; `up` generates one"
    )
    ari_app: str = Field(
        default="callflow",
        pattern=r"^[A-Za-z0-9_-]+$",
        description="name of the Stasis application",
    )

    sip_host: str = Field(default="127.0.0.1", description="address Asterisk's SIP and RTP bind to")
    sip_port: Port = Field(default=5060, description="SIP port (UDP)")
    rtp_start: Port = Field(default=20000, description="first RTP port")
    rtp_end: Port = Field(default=20999, description="last RTP port")
    trunk_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="addresses of carriers that may send calls to our numbers, comma-separated",
    )
    test_call_password: SecretStr | None = Field(
        default=None, description="SIP password of `callflow dial`; `up` generates one"
    )

    http_host: str = Field(default="127.0.0.1", description="address of our HTTP server")
    http_port: Port = Field(
        default=8090, description="port of our HTTP server (API, media, health)"
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="origins whose pages may use the API (CORS), comma-separated; *: all",
    )
    media_base_url: str = Field(
        default="",
        description="how Asterisk reaches our HTTP server; default http://<http_host>:<http_port>",
    )
    espeak: str = Field(
        default="",
        description="command that runs espeak-ng; default: the one in PATH or the one `up` fetched",
    )
    private_media_urls: bool = Field(
        default=False,
        description="allow URLs of media, recordings and web servers that lead to private or"
        " loopback addresses",
    )

    agi_host: str = Field(default="127.0.0.1", description="address of our FastAGI server")
    agi_port: int = Field(
        default=4573, ge=0, le=65535, description="port of our FastAGI server; 0: there is none"
    )

    objects_url: str = Field(
        default="",
        description="where media and recordings are kept: file:///directory, or s3://, gs:// or"
        " az:// with bucket and prefix and the usual environment variables of such a client;"
        " default <state_dir>/objects",
    )

    cached_accounts: int = Field(
        default=1000, ge=1, description="accounts whose routing is kept in memory"
    )
    max_branches: int = Field(
        default=50, ge=1, description="jumps between callflows in one call (Kazoo's limit is 50)"
    )
    max_steps: int = Field(default=1000, ge=1, description="nodes run in one call")
    max_calls: int = Field(
        default=0, ge=0, description="calls in progress; above it new ones get 503; 0: no limit"
    )
    max_calls_per_account: int = Field(
        default=0, ge=0, description="the same for each account; 0: no limit"
    )
    max_calls_per_second: float = Field(
        default=0.0, ge=0, description="new calls per second on average; 0: no limit"
    )
    drain_seconds: float = Field(
        default=30.0, ge=0, description="how long calls may go on after SIGTERM or Ctrl-C"
    )
    spool_megabytes: int = Field(
        default=256,
        ge=1,
        description="disk space for the trace while PostgreSQL is away",
    )
    store_recordings: bool = Field(
        default=True,
        description="keep recordings of calls that are to be sent to no url here",
    )
    recording_format: Literal["mp3", "wav"] = Field(
        default="mp3", description="format of recordings where none is asked for: mp3 or wav"
    )
    recording_min_seconds: int = Field(
        default=0,
        ge=0,
        description="shorter recordings are thrown away, where nothing else is said",
    )
    recording_max_seconds: int = Field(
        default=10_800, ge=5, description="how long a recording may become"
    )
    pass_keys_on: bool = Field(
        default=True,
        description="let the other party of a conversation hear keys that start something here",
    )
    redact_keys: bool = Field(
        default=False,
        description="hide in the trace what metaflows capture of pressed keys, such as PINs",
    )
    smtp_host: str = Field(
        default="", description="mail server that takes our mail; without one none is sent"
    )
    smtp_port: Port = Field(default=587, description="port of the mail server")
    smtp_tls: Literal["starttls", "tls", "off"] = Field(
        default="starttls",
        description="encryption to the mail server: starttls, tls (from the first byte) or off",
    )
    smtp_user: str = Field(default="", description="user at the mail server; without one: nobody")
    smtp_password: SecretStr | None = Field(
        default=None, description="password of that user at the mail server"
    )
    mail_from: str = Field(
        default="", description="sender of mail, such as `Telephone system <pbx@example.com>`"
    )
    mail_templates: Path | None = Field(
        default=None, description="directory of mail texts instead of ours: missed_call.txt"
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="text or json: one object per line"
    )
    log_level: str = Field(
        default="INFO", pattern=r"^(DEBUG|INFO|WARNING|ERROR)$", description="DEBUG ... ERROR"
    )

    @field_validator("trunk_hosts", "cors_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @property
    def ari_base_url(self) -> str:
        """Where ARI answers, without a slash at the end."""
        return (self.ari_url or f"http://127.0.0.1:{self.ari_port}/ari").rstrip("/")

    @property
    def media_url(self) -> str:
        """Where Asterisk fetches media from us, without a slash at the end."""
        return (self.media_base_url or f"http://{self.http_host}:{self.http_port}").rstrip("/")

    @property
    def env_file(self) -> Path:
        """The file in which `up` keeps this installation's secrets."""
        return self.state_dir / ENV_FILE_NAME


def load(**overrides: Any) -> Settings:
    """Read the settings: overrides, then the environment, then the installation's file.

    Raises SettingError naming the first wrong setting and the remedy.
    """
    state_dir = Path(
        overrides.get("state_dir") or os.environ.get(f"{ENV_PREFIX}STATE_DIR") or ".callflow"
    ).resolve()
    values: dict[str, Any] = {"state_dir": state_dir, **overrides}
    if "database_url" not in values and (url := _database_url(os.environ)):
        values["database_url"] = url
    try:
        return Settings(_env_file=state_dir / ENV_FILE_NAME, **values)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        description = Settings.model_fields[field].description
        raise SettingError(
            f"{ENV_PREFIX}{field.upper()}",
            f"{first['msg']} (got {first['input']!r})",
            f"It is the {description}. Correct or unset it.",
        ) from None


def _database_url(environment: Mapping[str, str]) -> str | None:
    return environment.get(f"{ENV_PREFIX}DATABASE_URL") or environment.get("DATABASE_URL") or None
