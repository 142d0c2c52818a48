"""Foviz without a window: check, play, run, export."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from foviz import library, saved
from foviz.base.errors import FovizError, ScriptError
from foviz.script.tokens import Place
from foviz.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

COMMANDS = ("check", "play", "run", "export", "words", "--help", "--version")
"""First words that need no window."""


_PROFILE = click.option("--profile", default="", help="Run under this profile of failover.")
_SWITCH = click.option(
    "--switch", "switches", multiple=True, metavar="NAME=VALUE", help="Set a switch of the profile."
)


@click.group()
@click.version_option(package_name="foviz")
def cli() -> None:
    """Foviz: a DHCP failover laboratory. Without a command it opens the window."""


@cli.command()
@click.argument("lessons", nargs=-1)
@click.option(
    "--json", "as_json", is_flag=True, help="Print the reports, with each step's witnesses."
)
@click.option("--fingerprint", is_flag=True, hidden=True)
@_PROFILE
@_SWITCH
def check(
    lessons: tuple[str, ...],
    as_json: bool,
    fingerprint: bool,
    profile: str,
    switches: tuple[str, ...],
) -> None:
    """Play lessons without a window; status 1 when one of them does not hold."""
    from foviz.report.check import check as check_lesson

    names = lessons or library.lesson_names()
    if fingerprint:
        report = check_lesson(names[0], other_seed=False, profile=profile, switches=switches)
        click.echo(report.fingerprint)
        return
    reports = [check_lesson(name, profile=profile, switches=switches) for name in names]
    if as_json:
        click.echo(json.dumps([report.as_json() for report in reports], indent=1))
    for report in reports:
        if not as_json:
            mark = "ok  " if report.ok else "FAIL"
            click.echo(
                f"{mark} {report.lesson}: {report.passed}/{report.total} steps, "
                f"{report.sections} sections, {report.questions} questions, "
                f"{report.records} records, run {report.fingerprint or '–'}"
            )
        for failure in report.failures:
            click.echo(failure, err=True)
    if not all(report.ok for report in reports):
        sys.exit(1)


@cli.command()
@click.argument("lesson", default="hot-standby")
@_PROFILE
@_SWITCH
def play(lesson: str, profile: str, switches: tuple[str, ...]) -> None:
    """Tell a lesson in the terminal, message by message."""
    from foviz.report.narrate import narrate

    session = Session.open(lesson, profile, switches)
    if session.story is None:
        from foviz.report.check import NO_LESSON

        raise FovizError(NO_LESSON.format(lesson))
    session.finish_story()
    for line in narrate(session):
        click.echo(line)
    if session.story.failures:
        raise FovizError(str(session.story.failures[0]))


@cli.command()
@click.argument("script")
@click.option("--json", "as_json", is_flag=True, help="Print the trace as JSON lines.")
@click.option("--events", is_flag=True, help="Print the events that Windows would log.")
@_PROFILE
@_SWITCH
def run(script: str, as_json: bool, events: bool, profile: str, switches: tuple[str, ...]) -> None:
    """Run lab-language lines from a file, or from standard input for “-”."""
    name = "standard input" if script == "-" else script
    text = _standard_input(name) if script == "-" else library.read_text(Path(script))
    scenario, seed, offset = saved.read_lab_line(text, name)
    session = Session(library.chosen(scenario, profile, switches), seed)
    told = len(session.digest)
    failure: FovizError | None = None
    for number, line in enumerate(text.splitlines()[offset:], offset + 1):
        try:
            reply = session.do(line, Place(name, number))
        except FovizError as error:
            failure = error
            break
        if as_json:
            continue
        if line.strip() and not line.strip().startswith("#"):
            click.echo(f"> {line.strip()}")
        told = _tell(session, told)
        for answer in reply.lines:
            click.echo(f"  {answer}")
    if as_json:
        reader = session.reader
        for index in range(session.record_count):
            click.echo(json.dumps(reader.as_json(session.record(index))))
    if events:
        for answer in session.do("show events").lines:
            click.echo(answer)
    if failure is not None:
        raise failure


def _standard_input(name: str) -> str:
    if sys.stdin is None:
        raise ScriptError("there is none to read", name)
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScriptError(f"this is not UTF-8 text (octet {error.start})", name) from None


def _tell(session: Session, told: int) -> int:
    """Print what the story says since the row *told*, up to the playhead."""
    from foviz.base.time import moment_text

    digest = session.digest
    rows = digest.count_until(session.record_count)
    for place in range(told, rows):
        index = digest.row(place).record
        click.echo(f"  {moment_text(session.record(index).at, 3)}  {session.sentence(index)}")
    return rows


@cli.command()
@click.argument("lesson")
@click.argument("out", type=click.Path(path_type=Path))
def export(lesson: str, out: Path) -> None:
    """Write what crossed the simulated wires as pcapng; pictures need --at and --size."""
    if out.suffix != ".pcapng":
        raise FovizError("the file has to end in .pcapng or .png", str(out))
    session = Session.open(lesson)
    session.finish_story()
    count = session.export_capture(out)
    click.echo(f"{out}: {count} frames on {len(session.snapshot().links)} links")


@cli.command()
@click.argument("verb", default="")
def words(verb: str) -> None:
    """List the forms of the lab language, or those of one verb."""
    from foviz.explain.answers import help_lines

    for line in help_lines(verb):
        click.echo(line)


def main(arguments: list[str] | None = None) -> int:
    """Run a command; a user's mistake is one sentence on standard error and status 1 or 2."""
    words = sys.argv[1:] if arguments is None else arguments
    return guarded(lambda: _invoke(list(words)))


def _invoke(words: list[str]) -> None:
    """Run a command as click's own main does, which would turn a broken pipe into a failure."""
    try:
        with cli.make_context("foviz", words) as context:
            cli.invoke(context)
    except click.exceptions.Exit as done:
        raise SystemExit(done.exit_code) from None


def guarded(work: Callable[[], object]) -> int:
    """Run *work*; turn a user's mistake into one sentence and a status."""
    try:
        work()
        if sys.stdout is not None:
            sys.stdout.flush()
    except FovizError as error:
        click.echo(f"foviz: {error}", err=True)
        return 1
    except click.ClickException as error:
        click.echo(f"foviz: {_usage(error)}", err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except SystemExit as error:
        return int(error.code or 0)
    except BrokenPipeError:
        _forget_output()
        return 141
    except OSError as error:
        _forget_output()
        click.echo(f"foviz: the output can't be written: {error.strerror}", err=True)
        return 1
    return 0


def _usage(error: click.ClickException) -> str:
    """Return what was wrong with the command, and where to read how it goes."""
    context = getattr(error, "ctx", None)
    hint = f"; {context.command_path} --help shows how" if context is not None else ""
    message = error.format_message()
    return f"{message[:1].lower()}{message[1:].rstrip('.')}{hint}"


def _forget_output() -> None:
    """Nobody reads standard output any more: let nothing be written there at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
