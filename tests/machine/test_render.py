"""asterisk-conf/ becomes a configuration, and a bad value nothing else than an error."""

import re
from pathlib import Path

import pytest

from runtime.machine.render import TemplateError, conf_directory, render, render_text


def test_a_placeholder_becomes_its_value() -> None:
    assert render_text("port = @PORT@\n", {"PORT": "5060"}, "x.conf") == "port = 5060\n"


def test_asterisk_own_variables_and_comments_stay() -> None:
    text = "; what @THIS@ means\nexten => _X.,1,Stasis(@APP@,${EXTEN})\n"
    rendered = render_text(text, {"APP": "callflow"}, "x.conf")
    assert rendered == "; what @THIS@ means\nexten => _X.,1,Stasis(callflow,${EXTEN})\n"


def test_an_unknown_placeholder_names_file_and_line() -> None:
    with pytest.raises(TemplateError, match=r"http\.conf:2: @PROT@ has no value"):
        render_text("[general]\nbindport = @PROT@\n", {"PORT": "1"}, "http.conf")


@pytest.mark.parametrize(
    "value", ["a\npassword = b", "a\r[phones]", "a\x00b", "a\u2028b", " a", "a\t"]
)
def test_a_value_stays_a_value(value: str) -> None:
    with pytest.raises(TemplateError, match=r"ari\.conf:1: @PASSWORD@"):
        render_text("password = @PASSWORD@", {"PASSWORD": value}, "ari.conf")


def test_a_semicolon_begins_no_comment() -> None:
    assert render_text("p = @P@", {"P": "a;b"}, "x.conf") == "p = a\\;b\n"


def test_a_value_is_not_looked_at_again() -> None:
    assert render_text("p = @P@", {"P": "@P@"}, "x.conf") == "p = @P@\n"


def test_a_file_without_its_value_is_left_out_and_an_old_one_goes(tmp_path: Path) -> None:
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "trunk.conf").write_text("match = @HOSTS@\n")
    target = tmp_path / "etc"
    render(templates, target, {"HOSTS": "192.0.2.1"})
    assert (target / "trunk.conf").read_text() == "match = 192.0.2.1\n"
    assert (target / "trunk.conf").stat().st_mode & 0o777 == 0o600
    render(templates, target, {"HOSTS": None})
    assert not (target / "trunk.conf").exists()


def test_a_bad_template_leaves_the_last_configuration(tmp_path: Path) -> None:
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "http.conf").write_text("bindport = @PORT@\n")
    render(templates, tmp_path / "etc", {"PORT": "8088"})
    with pytest.raises(TemplateError):
        render(templates, tmp_path / "etc", {})
    assert (tmp_path / "etc" / "http.conf").read_text() == "bindport = 8088\n"


def test_each_setting_of_asterisk_conf_is_in_a_section_and_no_secret_is_in_it() -> None:
    for file in conf_directory().glob("*.conf"):
        text = file.read_text()
        assert text.startswith("; "), file.name
        for password in re.findall(r"^(?:password|dbpass) = (.+)$", text, re.MULTILINE):
            assert re.fullmatch(r"@[A-Z_]+@", password), file.name


def test_no_pattern_matches_the_extensions_that_asterisk_calls_itself() -> None:
    patterns = re.findall(
        r"^exten => (_\S+?),", (conf_directory() / "extensions.conf").read_text(), re.MULTILINE
    )
    assert patterns
    for pattern in patterns:
        first, rest = re.fullmatch(r"_(\[[^\]]+\])(.)", pattern).groups()  # type: ignore[union-attr]
        assert rest == "." or not re.match(first, "h")
