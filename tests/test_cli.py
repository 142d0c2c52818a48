"""The command line: what it prints, its statuses, and one sentence for each mistake."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from foviz.cli import main
from foviz.script.grammar import FACTS, LINES
from ui.main import main as program

ROOT = Path(__file__).parent.parent
LESSON = ROOT / "lessons" / "hot-standby.md"


SMALL = """+++
title = "A small lesson"
scenario = "hot-standby"
+++
## The first lease
```lab
start C1
run until C1 bound
step 1 "C1 broadcasts"
expect DISCOVER from C1
step 2 "the MCLT"
expect C1 leases from DHCP1 for 1h
```
"""
"""Enough of a lesson for most of what a command can do with one."""


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.md"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.fixture
def foviz(capsys):
    """Run a command; return its status, what it printed, and what it complained of."""

    def run(*words, command=main):
        status = command([str(word) for word in words])
        found = capsys.readouterr()
        assert "Traceback" not in found.err
        return status, found.out, found.err

    return run


@pytest.fixture
def script(tmp_path):
    def write(text):
        path = tmp_path / "x.lab"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def started(*words, **options):
    return subprocess.run(
        [sys.executable, "-m", "ui.main", *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ, QT_QPA_PLATFORM="offscreen"),
        **options,
    )


def is_one_sentence(text):
    return text.startswith("foviz: ") and text.count("\n") == 1 and not text.endswith(".\n")


# -- check


def test_check_says_that_every_lesson_holds(foviz):
    status, out, err = foviz("check")
    assert (status, err) == (0, "")
    assert out.startswith("ok   hot-standby: 21/21 steps, 8 sections, 8 questions, ")


def test_check_as_json_has_the_witnesses(foviz, small):
    status, out, _ = foviz("check", "--json", small)
    assert status == 0
    (report,) = json.loads(out)
    assert report["ok"] is True
    assert (report["steps_passed"], report["questions"], report["failures"]) == (2, 0, [])
    step = report["steps"][1]
    assert (step["step"], step["words"], step["passed"]) == (2, "the MCLT", True)
    (witness,) = step["witnesses"]
    assert set(witness) == {"record", "at", "what"}
    assert witness["what"] == "DHCP1 sends ACK 1\xa0h to C1"


def test_check_of_a_bad_lesson_fails_with_its_line(foviz, small):
    small.write_text(SMALL.replace("start C1", "stars C1"), encoding="utf-8")
    status, out, err = foviz("check", small)
    assert status == 1
    assert out.startswith("FAIL small: 0/2 steps")
    assert err == f"{small}:7:1: unknown word “stars”. Nearest: start\n"


def test_check_of_several_goes_on_after_a_failure(foviz, small):
    status, out, err = foviz("check", "hot-stanby", small)
    assert status == 1
    assert [row[:4] for row in out.splitlines()] == ["FAIL", "ok  "]
    assert err == "no lesson is called “hot-stanby”; nearest: hot-standby\n"


def test_check_of_a_missing_file(foviz, tmp_path):
    status, _, err = foviz("check", tmp_path / "none.md")
    assert status == 1
    assert "no lesson is called" in err


def test_check_of_octets_that_are_no_text(foviz, tmp_path):
    path = tmp_path / "x.md"
    path.write_bytes(b"\xff\xfe+++")
    status, _, err = foviz("check", path)
    assert (status, err) == (1, f"{path}: this is not UTF-8 text (octet 0)\n")


# -- play


def test_play_tells_the_story(foviz):
    status, out, err = foviz("play")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "Hot standby: the active server fails"
    assert "21. DHCP1 renews for 8 days" in out
    assert "09:00:04.003      DHCP1 sends ACK 1\xa0h to C1" in out


def test_play_of_a_lesson_that_fails_has_status_1(foviz, small):
    small.write_text(SMALL.replace("for 1h", "for 2h"), encoding="utf-8")
    status, out, err = foviz("play", small)
    assert status == 1
    assert out.startswith("A small lesson\n")
    assert is_one_sentence(err)
    assert err.startswith(f"foviz: {small}:12: not so: C1 leases from DHCP1 for 2h")


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("hot-stanby", "no lesson is called “hot-stanby”; nearest: hot-standby"),
        (LESSON.parent / "scenarios" / "hot-standby.toml", "this is a scenario; a lesson ends in"),
    ],
)
def test_play_of_what_is_no_lesson(foviz, target, words):
    status, out, err = foviz("play", target)
    assert (status, out) == (1, "")
    assert is_one_sentence(err)
    assert words in err


# -- run

STORY = "lab hot-standby seed 1\nstart C1\nrun until C1 bound\nexpect C1 bound\nshow why C1\n"


def test_run_prints_lines_records_and_answers(foviz, script):
    status, out, err = foviz("run", script(STORY))
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert [line for line in lines if line.startswith("> ")] == [
        f"> {line}" for line in STORY.splitlines()[1:]
    ]
    assert "  Mon 1 Jan 09:00:04.003  DHCP1 sends ACK 1\xa0h to C1" in lines
    assert "  holds" in lines
    assert "    source  DHCP Failover Examples, hot standby, steps 2, 19 and 21" in lines


def test_run_as_json_is_the_trace(foviz, script):
    status, out, err = foviz("run", "--json", script(STORY))
    assert (status, err) == (0, "")
    records = [json.loads(line) for line in out.splitlines()]
    assert [record["index"] for record in records] == list(range(len(records)))
    for record in records:
        assert list(record) == ["index", "at", "event", "host", "kind", "cause", "data"]
        assert record["cause"] is None or record["cause"] < record["index"]
        assert isinstance(record["at"], int)
    deed = next(r for r in records if r["kind"] == "intervention")
    assert (deed["host"], deed["cause"]) == (None, None)
    assert deed["data"] == {"line": "start C1", "ordinal": 1}
    ack = next(
        r for r in records if r["kind"] == "send" and r["data"]["octets"][480:486] == "350105"
    )
    assert ack["host"] == "DHCP1"
    assert ack["data"]["source"] == "10.0.0.1"
    assert [arrival["host"] for arrival in ack["data"]["arrivals"]] == ["C1"]
    decision = records[ack["cause"]]
    assert (decision["kind"], decision["data"]["rule"]) == ("decision", "first-lease")
    assert {"name": "MCLT", "value": 3600, "unit": "s"} in decision["data"]["facts"]


def test_run_reads_standard_input():
    result = started("run", "-", input="start C1\nrun 5s\n")
    assert (result.returncode, result.stderr) == (0, "")
    assert "C1 broadcasts DISCOVER" in result.stdout


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lab hot-standby\nstart C1\nstars C2\n", ":3:1: unknown word “stars”. Nearest: start"),
        ("lab hot-stanby\n", ":1:5: no scenario is called “hot-stanby”; nearest: hot-standby"),
        ("run 5s\nexpect C1 bound\n", ":2: not so: C1 bound (at Mon 1 Jan 09:00:05)"),
        ("start C1\nstart C1\n", ":2: can't start C1: C1 is running already"),
        ("run until C1 bound within 5m", ":1: “C1 bound” did not happen within 5\xa0min"),
        ("help crsh", ":1: no line begins with “crsh”"),
        ("", ": this script has no lines"),
        (b"\xffx", ": this is not UTF-8 text (octet 0)"),
    ],
)
def test_run_of_a_bad_script_is_one_sentence_with_its_line(foviz, script, text, message):
    path = script(text)
    status, _, err = foviz("run", path)
    assert status == 1
    assert is_one_sentence(err)
    assert err == f"foviz: {path}{message}\n"


def test_run_as_json_prints_what_happened_before_the_failure(foviz, script):
    status, out, err = foviz("run", "--json", script("start C1\nrun 5s\nexpect C2 bound\n"))
    assert status == 1
    assert is_one_sentence(err)
    assert any(json.loads(line)["kind"] == "intervention" for line in out.splitlines())


@pytest.mark.parametrize("name", ["none.lab", "."])
def test_run_of_what_can_not_be_read(foviz, tmp_path, name):
    status, out, err = foviz("run", tmp_path / name)
    assert (status, out) == (1, "")
    assert is_one_sentence(err)
    assert "it can't be read" in err


# -- export


def test_export_says_what_it_wrote(foviz, small, tmp_path):
    path = tmp_path / "out.pcapng"
    status, out, err = foviz("export", small, path)
    assert (status, err) == (0, "")
    assert path.read_bytes()[:4] == b"\x0a\x0d\x0d\x0a"
    frames = int(out.split(": ")[1].split()[0])
    assert frames > 100
    assert out == f"{path}: {frames} frames on 6 links\n"


@pytest.mark.parametrize(
    ("lesson", "out", "words"),
    [
        ("small", "none/x.pcapng", "none/x.pcapng: it can't be written"),
        ("small", "x.txt", "x.txt: the file has to end in .pcapng or .png"),
        ("hot-stanby", "x.pcapng", "no lesson is called “hot-stanby”; nearest: hot-standby"),
    ],
)
def test_export_that_can_not_be(foviz, small, tmp_path, lesson, out, words):
    lesson = small if lesson == "small" else lesson
    status, printed, err = foviz("export", lesson, tmp_path / out)
    assert (status, printed) == (1, "")
    assert is_one_sentence(err)
    assert words in err


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--size", "abc", "“abc” is not a size; write it like 1280x800"),
        ("--size", "10x10", "“10x10” is not a size; write it like 1280x800"),
        (
            "--theme",
            "drak",
            "no theme is called “drak”; there are: dark, high-contrast, light",
        ),
    ],
)
def test_a_picture_with_an_option_that_makes_no_sense(foviz, tmp_path, option, value, words):
    path = tmp_path / "x.png"
    status, _, err = foviz("export", "hot-standby", path, option, value, command=program)
    assert status == 1
    assert is_one_sentence(err)
    assert words in err
    assert not path.exists()


@pytest.mark.parametrize(
    ("out", "options", "words"),
    [
        ("x.png", ("--at", "99"), "small.md has no step 99; its steps are 1 to 2"),
        ("x.png", ("--at", "x"), "small.md has no step x; its steps are 1 to 2"),
        ("none/x.png", (), "it can't be written"),
    ],
)
def test_a_picture_that_can_not_be(small, tmp_path, out, options, words):
    result = started("export", small, tmp_path / out, *options)
    assert result.returncode == 1
    assert is_one_sentence(result.stderr)
    assert words in result.stderr


# -- words, help, mistakes of the command itself


def test_words_lists_the_whole_language(foviz):
    status, out, _ = foviz("words")
    assert status == 0
    for form in (*LINES, *FACTS):
        assert form.pattern in out


def test_words_of_one_verb(foviz):
    status, out, _ = foviz("words", "cut")
    assert status == 0
    assert out.splitlines()[0] == "cut <link:link> [one-way]"
    status, _, err = foviz("words", "cutt")
    assert (status, err) == (1, "foviz: no line begins with “cutt”\n")


def test_version_and_help(foviz):
    status, out, _ = foviz("--version")
    assert (status, out.split()[0]) == (0, "foviz,")
    status, out, _ = foviz("--help")
    assert status == 0
    for command in ("check", "play", "run", "export", "words"):
        assert f"\n  {command} " in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("run",), "missing argument 'SCRIPT'; foviz run --help shows how"),
        (("run", "x", "y"), "got unexpected extra argument (y); foviz run --help shows how"),
        (("export", "hot-standby"), "missing argument 'OUT'; foviz export --help shows how"),
        (("nonsense",), "no such command 'nonsense'; foviz --help shows how"),
    ],
)
def test_a_command_that_is_written_wrong_has_status_2(foviz, words, message):
    status, out, err = foviz(*words)
    assert (status, out) == (2, "")
    assert err == f"foviz: {message}\n"


def test_an_unknown_option_has_status_2(foviz):
    status, _, err = foviz("check", "--jsn")
    assert status == 2
    assert is_one_sentence(err)


def test_nobody_reads_the_output_any_more():
    """As with ``| head``: no traceback, and the status of a broken pipe."""
    child = subprocess.Popen(
        [sys.executable, "-m", "foviz", "run", "--json", "-"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout.close() is None
    _, err = child.communicate("start 20 clients\nrun 2h\n")
    assert (child.returncode, err) == (141, "")


def test_a_full_disk_is_one_sentence():
    with open("/dev/full", "w", encoding="utf-8") as full:
        result = subprocess.run(
            [sys.executable, "-m", "foviz", "words"],
            cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert result.returncode == 1
    assert result.stderr == "foviz: the output can't be written: No space left on device\n"


def test_the_module_and_the_console_script_are_the_same_program():
    one = subprocess.run(
        [sys.executable, "-m", "foviz", "words", "cut"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert one.stdout == started("words", "cut").stdout


def test_without_a_display_the_first_lesson_is_told():
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    result = subprocess.run(
        [sys.executable, "-m", "ui.main"],
        cwd=ROOT, capture_output=True, text=True, env=environment, check=True,
    )  # fmt: skip
    assert "there is no display here" in result.stderr
    assert result.stdout.startswith("Hot standby: the active server fails")
