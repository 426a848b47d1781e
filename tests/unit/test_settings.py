"""Settings: a wrong one stops the start and is named with the remedy."""

from pathlib import Path

import pytest

from runtime import settings
from runtime.errors import SettingError


def test_a_wrong_setting_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLFLOW_SIP_PORT", "70000")
    with pytest.raises(SettingError) as raised:
        settings.load()
    assert raised.value.name == "CALLFLOW_SIP_PORT"
    assert "70000" in str(raised.value)
    assert "Correct or unset it" in raised.value.remedy


def test_the_environment_beats_the_installations_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "callflow.env").write_text("CALLFLOW_SIP_PORT=5070\nCALLFLOW_ARI_PORT=8070\n")
    monkeypatch.setenv("CALLFLOW_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("CALLFLOW_SIP_PORT", "5080")
    loaded = settings.load()
    assert (loaded.sip_port, loaded.ari_port) == (5080, 8070)


def test_database_url_is_understood_without_prefix_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CALLFLOW_DATABASE_URL", raising=False)
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/db")
    url = settings.load().database_url
    assert url is not None
    assert url.get_secret_value() == "postgresql://somewhere/db"


def test_no_secret_is_shown() -> None:
    loaded = settings.load(ari_password="hush", database_url="postgresql://u:hush@h/d")
    assert "hush" not in repr(loaded)
