"""Write Asterisk's configuration from the files of asterisk-conf/ and the settings."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import runtime
from runtime.errors import MachineError

_PLACEHOLDER = re.compile(r"@([A-Z][A-Z0-9_]*)@")
_REQUIRED = re.compile(r"^require\s*=\s*(\S+)", re.MULTILINE)

# Asterisk asks for these files, and warns when they are not there; what is off here is not used,
# and would cost time in each call (cdr) or be another way in (manager)
_ASKED_FOR = {
    "acl.conf": "",
    "cdr.conf": "[general]\nenable = no\n",
    "cel.conf": "",
    "features.conf": "",
    "manager.conf": "[general]\nenabled = no\n",
    "pjproject.conf": "",
    "stasis.conf": "",
    "udptl.conf": "",
    "websocket_client.conf": "",
    "ccss.conf": "[general]\n",
}


class TemplateError(MachineError):
    """A file of asterisk-conf/ cannot be rendered; the message names the file and the line."""


def conf_directory() -> Path:
    """Return the directory of asterisk-conf/: in a wheel's files, or in the checkout."""
    package = Path(runtime.__file__).parent
    packed = package / "files" / "asterisk-conf"
    return packed if packed.is_dir() else package.parent / "asterisk-conf"


def required_modules(conf_dir: Path) -> list[str]:
    """Return the modules without which Asterisk does not start on this configuration."""
    return _REQUIRED.findall((conf_dir / "modules.conf").read_text())


def render_text(text: str, values: Mapping[str, str | None], name: str) -> str | None:
    """Return `text` with each @NAME@ replaced by its value.

    None when a value is None: then the file is not for this installation. Comments are not looked
    at. Raises TemplateError for an unknown name, and for a value that would become something else
    than a value in the file.
    """
    lines = []
    for number, line in enumerate(text.splitlines(), start=1):
        place = f"{name}:{number}"
        if line.startswith(";"):
            lines.append(line)
            continue
        parts = _PLACEHOLDER.split(line)
        for index in range(1, len(parts), 2):  # the odd ones are the names
            placeholder = parts[index]
            if placeholder not in values:
                raise TemplateError(f"{place}: @{placeholder}@ has no value")
            value = values[placeholder]
            if value is None:
                return None
            parts[index] = _value(value, placeholder, place)
        lines.append("".join(parts))
    return "\n".join(lines) + "\n"


def render(conf_dir: Path, target: Path, values: Mapping[str, str | None]) -> None:
    """Make the directory `target` anew from the templates of `conf_dir`.

    Raises TemplateError; then nothing has been changed.
    """
    files = dict(_ASKED_FOR)
    for template in sorted(conf_dir.glob("*.conf")):
        text = render_text(template.read_text(), values, str(template))
        if text is not None:
            files[template.name] = text
    if target.exists():
        shutil.rmtree(target)
    target.mkdir(mode=0o700, parents=True)
    for name, text in files.items():
        file = target / name
        file.touch(mode=0o600)
        file.write_text(text)


def _value(value: str, placeholder: str, place: str) -> str:
    if value != value.strip() or not value.isprintable():
        raise TemplateError(
            f"{place}: @{placeholder}@ has a line break, a control character, or a blank at an end"
        )
    return value.replace(";", r"\;")  # else it begins a comment
