"""The command `callflow`."""

import argparse
import asyncio
import logging
import sys
from collections.abc import Coroutine, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import uvloop

from runtime import checking, commands, settings
from runtime.errors import CallflowError, SettingError
from runtime.operations import logging_to
from runtime.up import INTERRUPTED, up

MAX_TOKEN_HOURS = 10 * 365 * 24


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit: 0 done, 1 failed, 2 wrong usage or setting, 130 interrupted."""
    options = _parser().parse_args(arguments)
    try:
        configured = settings.load()
        _log(configured, options.command)
        status = uvloop.run(_command(options, configured))
    except SettingError as error:
        print(f"callflow: {error}", file=sys.stderr)
        status = 2
    except CallflowError as error:
        print(f"callflow: {error}", file=sys.stderr)
        status = 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        status = INTERRUPTED
    sys.exit(status)


def _command(options: argparse.Namespace, s: settings.Settings) -> Coroutine[Any, Any, int]:
    match options.command:
        case "up":
            return up(s, once=options.once)
        case "serve":
            return commands.serve(s)
        case "migrate":
            return commands.migrate(s)
        case "seed":
            return commands.seed(s, options.file)
        case "dial":
            return commands.dial(
                s,
                options.number,
                account=options.account,
                caller=options.caller,
                press=options.press,
                hangup_after=options.hangup_after,
                as_json=options.json,
            )
        case "token":
            return commands.create_token(
                s, options.account, options.user, options.hours, as_json=options.json
            )
        case _:
            return _question(options, s)


def _question(options: argparse.Namespace, s: settings.Settings) -> Coroutine[Any, Any, int]:
    """Return a command that changes nothing."""
    match options.command:
        case "check":
            return checking.check(s, options.file, options.account, as_json=options.json)
        case "explain":
            return checking.explain(
                s,
                options.number,
                options.account,
                options.at,
                caller=options.caller,
                as_json=options.json,
            )
        case "trace":
            return commands.trace(s, options.call_id, as_json=options.json)
        case _:
            return commands.calls(s, options.account, options.limit, as_json=options.json)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="callflow", description="Callflows for Asterisk: what happens to a call."
    )
    add = parser.add_subparsers(dest="command", required=True, metavar="COMMAND").add_parser
    one = add("up", help="everything on this machine: PostgreSQL, Asterisk, runtime, demo account")
    one.add_argument("--once", action="store_true", help="place one test call and exit")
    add("serve", help="the runtime alone; settings from the environment")
    add("migrate", help="bring the database up to date")
    one = add("seed", help="load a .sql file or a .json bundle")
    one.add_argument("file", type=Path)
    one = add("check", help="tell what is wrong with callflows; exit status 1 if anything is")
    what = one.add_mutually_exclusive_group()
    what.add_argument("file", type=Path, nargs="?", help="a .json bundle, or one callflow")
    what.add_argument("--account", help="account id; without it and a file all accounts")
    one.add_argument("--json", action="store_true")
    one = add("explain", help="tell where a number leads, and why")
    one.add_argument("number")
    one.add_argument("--account", help="account id; not needed when there is only one")
    one.add_argument(
        "--at", type=_moment, metavar="ISO8601", help="with the callflows that there were then"
    )
    one.add_argument("--caller", choices=checking.CALLERS, default=checking.INTERNAL)
    one.add_argument("--json", action="store_true")
    one = add("token", help="make tokens with which clients of the HTTP API come in")
    add_token = one.add_subparsers(dest="what", required=True, metavar="create").add_parser
    one = add_token("create", help="print a new token, which is shown only once")
    one.add_argument("--account", help="account id; not needed when there is only one")
    one.add_argument("--user", help="user id; without it the account itself")
    one.add_argument("--hours", type=_hours, default=1.0, help="how long it works; 1 by default")
    one.add_argument("--json", action="store_true")
    one = add("dial", help="place a real test call through Asterisk and print its trace")
    one.add_argument("number")
    one.add_argument("--account", help="account id; not needed when there is only one")
    one.add_argument("--from", dest="caller", default="", metavar="NUMBER", help="caller's number")
    one.add_argument("--press", type=_keys, default=(), help="keys, as 1,2#: each at a prompt")
    one.add_argument("--hangup-after", type=float, metavar="S", help="seconds after the answer")
    one.add_argument("--json", action="store_true")
    one = add("trace", help="print the trace of a call")
    one.add_argument("call_id")
    one.add_argument("--json", action="store_true")
    one = add("calls", help="list the last calls")
    one.add_argument("--account", help="account id; else all accounts")
    one.add_argument("--limit", type=int, default=20)
    one.add_argument("--json", action="store_true")
    return parser


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a time is such as 2024-05-01T10:00:00Z") from None


def _hours(text: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = 0.0
    if not 0 < hours <= MAX_TOKEN_HOURS:
        raise argparse.ArgumentTypeError(f"hours are more than 0, and {MAX_TOKEN_HOURS} at most")
    return hours


def _keys(text: str) -> tuple[str, ...]:
    groups = tuple(group for group in text.split(",") if group)
    if not groups or not all(set(group) <= set("0123456789*#ABCDw") for group in groups):
        raise argparse.ArgumentTypeError("keys are 0-9 * # A-D, w is a pause; as 1,2#")
    return groups


def _log(configured: settings.Settings, command: str) -> None:
    """Log to stderr; `up` talks to people there, so its details go to a file."""
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    if command == "up":
        configured.state_dir.mkdir(parents=True, exist_ok=True)
        handlers[0].setLevel(logging.WARNING)
        handlers.append(logging.FileHandler(configured.state_dir / "runtime.log"))
    logging_to(handlers, configured.log_level, configured.log_format)
