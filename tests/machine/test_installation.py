"""Secrets are made once and kept to ourselves."""

from pathlib import Path

import pytest

from runtime.machine import embedded_postgres, installation
from runtime.settings import load


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "CALLFLOW_DATABASE_URL", "CALLFLOW_SIP_PORT"):
        monkeypatch.delenv(name, raising=False)


def test_secrets_are_generated_and_kept_on_the_second_run(tmp_path: Path) -> None:
    first = installation(load(state_dir=tmp_path / "state"))
    second = installation(load(state_dir=tmp_path / "state"))
    assert first.ari_password
    assert first.test_call_password
    assert first.ari_password != first.test_call_password
    assert len(first.ari_password.get_secret_value()) >= 32
    for name in ("ari_password", "test_call_password", "database_url"):
        assert getattr(first, name) == getattr(second, name)
    assert first.env_file.stat().st_mode & 0o777 == 0o600
    assert first.state_dir.stat().st_mode & 0o066 == 0


def test_a_second_installation_has_other_secrets(tmp_path: Path) -> None:
    one = installation(load(state_dir=tmp_path / "one"))
    two = installation(load(state_dir=tmp_path / "two"))
    assert one.ari_password != two.ari_password


def test_what_callflow_dial_needs_is_read_back(tmp_path: Path) -> None:
    made = installation(load(state_dir=tmp_path, sip_port=5099))
    read = load(state_dir=tmp_path)
    assert read.sip_port == 5099
    assert read.ari_password == made.ari_password


def test_own_lines_of_the_file_stay(tmp_path: Path) -> None:
    (tmp_path / "callflow.env").write_text(
        "# mine\nCALLFLOW_ARI_APP=mine\nCALLFLOW_SIP_PORT=5061\n"
    )
    settings = installation(load(state_dir=tmp_path, sip_port=5062))
    text = settings.env_file.read_text()
    assert text.startswith("# mine\nCALLFLOW_ARI_APP=mine\n")
    assert "CALLFLOW_SIP_PORT=5062" in text
    assert "5061" not in text


def test_a_secret_of_the_environment_is_used_and_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLFLOW_ARI_PASSWORD", "from-outside")
    settings = installation(load(state_dir=tmp_path))
    assert settings.ari_password
    assert settings.ari_password.get_secret_value() == "from-outside"
    assert "from-outside" not in settings.env_file.read_text()


def test_the_embedded_postgres_is_used_unless_another_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = installation(load(state_dir=tmp_path))
    assert embedded_postgres(own) is not None
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@db.example/calls")
    other = installation(load(state_dir=tmp_path))
    assert embedded_postgres(other) is None
    monkeypatch.delenv("DATABASE_URL")
    assert embedded_postgres(installation(load(state_dir=tmp_path))) is not None


def test_an_installation_can_be_moved(tmp_path: Path) -> None:
    before = installation(load(state_dir=tmp_path / "before"))
    before.state_dir.rename(tmp_path / "after")
    after = installation(load(state_dir=tmp_path / "after"))
    assert embedded_postgres(after) is not None
    assert after.database_url != before.database_url
    assert after.ari_password == before.ari_password
