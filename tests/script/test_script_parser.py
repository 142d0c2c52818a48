"""The lab language: every form is read, and every mistake is told with its place."""

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from laboratory import Lab

from foviz.base.errors import ScriptError
from foviz.base.time import DAY, HOUR, MINUTE, US
from foviz.script.grammar import DEEDS, FACTS, LINES, QUESTIONS, RUNS, STORY
from foviz.script.parser import (
    Command,
    compile_pattern,
    completions,
    forms_of,
    parse,
    parse_fact,
)
from foviz.script.tokens import Place, strip_comment, tokenize
from foviz.script.vocabulary import MESSAGES, LinkWord

VOCABULARY = Lab().runner.vocabulary()
HERE = Place("story.lab", 7)


def read(line):
    return parse(line, VOCABULARY, HERE)


def outcome(line):
    """The command of a line, or its mistake."""
    try:
        return read(line), None
    except ScriptError as error:
        return None, error


def mistake(line):
    with pytest.raises(ScriptError) as caught:
        read(line)
    assert "\n" not in str(caught.value)
    return caught.value


# -- every form


@pytest.mark.parametrize("form", LINES, ids=lambda form: form.id)
def test_the_example_of_each_line_is_read_as_its_form(form):
    command = read(form.example)
    assert command.form == form.id
    assert command.text == form.example
    assert command.place == HERE


@pytest.mark.parametrize("form", FACTS, ids=lambda form: form.id)
def test_the_example_of_each_fact_is_read_as_its_fact(form):
    for line, slot in ((f"expect {form.example}", "expect"), (f"run until {form.example}", "run")):
        command = read(line)
        assert command.form.startswith(slot)
        fact = command.values["fact"]
        assert (fact.form, fact.text) == (form.id, form.example)


def test_forms_have_names_meanings_and_no_two_the_same():
    forms = (*LINES, *FACTS)
    assert len({form.id for form in forms}) == len(forms)
    assert len({form.pattern for form in forms}) == len(forms)
    assert all(form.meaning.endswith(".") for form in forms)
    assert (*DEEDS, *RUNS, *QUESTIONS, *STORY) == LINES


VALUES = {
    "count": ("5", "12"),
    "percent": ("5%", "100%", "0"),
    "duration": ("90s", "1h30m", "8d", "500ms"),
    "offset": ("+90s", "-2s", "1m"),
    "address": ("10.0.0.51", "10.0.0.241"),
    "moment": ("09:40", "Tue 14:12", "Tue 2 Jan 14:12:00.5"),
    "name": ("DHCP1-DHCP2", "LAN"),
    "text": ('"two words"', "word"),
}


def words_of(elements):
    """Every way in which one pattern can be written: a strategy of word lists."""
    parts = []
    for element in elements:
        if element.group:
            parts.append(st.one_of(st.just([]), words_of(element.group)))
        elif element.type == "fact":
            parts.append(
                st.sampled_from(FACTS).flatmap(lambda f: words_of(compile_pattern(f.pattern)))
            )
        elif element.slot:
            known = VALUES.get(element.type) or VOCABULARY.words(element.type)
            parts.append(st.sampled_from(known).map(lambda word: [word]))
        else:
            parts.append(st.just([element.word]))
    return st.tuples(*parts).map(lambda lists: [word for found in lists for word in found])


lines = st.sampled_from(LINES).flatmap(
    lambda form: st.tuples(st.just(form), words_of(compile_pattern(form.pattern)))
)


@settings(max_examples=400, deadline=None)
@given(lines)
def test_whatever_the_table_allows_is_read(found):
    form, words = found
    line = " ".join(words)
    command = read(line)
    assert command.form == form.id, line


@settings(max_examples=200, deadline=None)
@given(lines)
def test_a_command_written_out_is_the_same_command(found):
    command = read(" ".join(found[1]))
    again = read(command.text)
    assert again == command
    shouted = read(f"   {command.text}   # and a comment")
    assert shouted == command


@settings(max_examples=200, deadline=None)
@given(lines, st.data())
def test_a_line_cut_short_is_a_line_or_stops_too_early(found, data):
    words = found[1]
    kept = words[: data.draw(st.integers(1, len(words)))]
    command, error = outcome(" ".join(kept))
    if error is None:
        assert isinstance(command, Command)
    else:
        column = int(error.where.rsplit(":", 1)[1])
        assert 1 <= column <= len(" ".join(kept)) + 1


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_no_text_does_more_harm_than_a_script_error(text):
    assume("\n" not in text and "\r" not in text)
    command, error = outcome(text)
    if error is not None:
        assert error.where.startswith("story.lab:7")
    elif command is not None:
        assert command.form in [form.id for form in LINES]


# -- values


def test_durations_counts_and_percentages_become_numbers():
    assert read("run 1h30m").values == {"span": HOUR + 30 * MINUTE}
    assert read("start 20 clients over 30s").values == {"count": 20, "span": 30 * US}
    assert read("set reserve 10%").values == {"setting": "reserve", "percent": 10}
    assert read("skew DHCP2 -90s").values == {"host": "DHCP2", "span": -90 * US}
    assert read("set lease 8d in LAN").values == {
        "setting": "lease",
        "span": 8 * DAY,
        "name": "LAN",
    }


def test_names_are_found_whatever_their_case_and_come_back_as_they_are_called():
    assert read("crash dhcp1").values == {"host": "DHCP1"}
    assert read("drop next bndack from dhcp2").values == {"message": "BNDACK", "host": "DHCP2"}
    assert read("expect dhcp2 in normal").values["fact"].values == {
        "server": "DHCP2",
        "state": "NORMAL",
    }


def test_a_link_is_named_by_its_ends_in_either_order():
    assert read("cut DHCP1-DHCP2").values["link"] == LinkWord("DHCP1-DHCP2", "DHCP2")
    assert read("cut DHCP2-DHCP1 one-way").values == {
        "link": LinkWord("DHCP1-DHCP2", "DHCP1"),
        "one-way": True,
    }


def test_a_moment_is_the_next_one_that_is_named_so():
    now = VOCABULARY.now
    assert read("run until 09:40").values["moment"] - now == 40 * MINUTE
    assert read("run until 08:00").values["moment"] - now == 23 * HOUR
    assert read("run until Tue 14:12").values["moment"] - now == DAY + 5 * HOUR + 12 * MINUTE


def test_a_fact_with_a_limit():
    command = read("run until DHCP2 in PARTNER-DOWN within 2h")
    assert command.values["span"] == 2 * HOUR
    assert command.values["fact"].text == "DHCP2 in PARTNER-DOWN"


def test_an_answer_has_to_be_an_expectation():
    assert parse_fact("expect C1 bound", VOCABULARY, HERE).form == "expect"
    with pytest.raises(ScriptError, match="an answer has to be an expect line"):
        parse_fact("run 5m", VOCABULARY, HERE)


# -- comments, quotation marks, empty lines


@pytest.mark.parametrize("line", ["", "   ", "# a comment", "   # another", "\t"])
def test_nothing_is_no_command(line):
    assert read(line) is None


def test_a_comment_begins_at_a_words_start_and_not_in_quotation_marks():
    assert strip_comment("crash DHCP1 # why") == "crash DHCP1 "
    assert strip_comment('step 1 "C1 is # 1" # c') == 'step 1 "C1 is # 1" '
    assert strip_comment("run C#1") == "run C#1"
    assert read('step 3 "no # comment"').values == {"count": 3, "words": "no # comment"}


def test_tokens_know_their_columns():
    found = tokenize('step 12  "two words" x', HERE)
    assert [(token.text, token.column, token.quoted) for token in found] == [
        ("step", 1, False),
        ("12", 6, False),
        ("two words", 10, True),
        ("x", 22, False),
    ]


def test_a_quoted_word_is_no_word_of_the_grammar():
    assert mistake('"crash" DHCP1').message.startswith("unknown word “crash”")


# -- mistakes


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        ("crush DHCP1", 1, "unknown word “crush”. Nearest: crash"),
        ("crash DHPC1", 7, "no host is called “DHPC1”. Nearest: DHCP1"),
        ("  crash   DHPC1", 11, "no host is called “DHPC1”. Nearest: DHCP1"),
        ("cut DHCP1-DHCP3", 5, "no link is called “DHCP1-DHCP3”. Nearest: DHCP1-DHCP2"),
        ("run until C1 bounds", 14, "no client state is called “bounds”. Nearest: bound"),
        ("run until DHCP2 in NORMA", 20, "no state is called “NORMA”. Nearest: NORMAL"),
        (
            "expect C1 unanswered by DHCP2 because stanby",
            39,
            "no reason is called “stanby”. Nearest: standby",
        ),
        ("start 5 client", 9, "unknown word “client”. Nearest: clients"),
        ("start C1 now", 10, "“now” is one word too many"),
        ("drop next BNDAK", 11, "no message is called “BNDAK”. Nearest: BNDACK"),
        ("show wy C1", 6, "unknown word “wy”. Nearest: why"),
        ("lose disc DHCP1", 6, "unknown word “disc”. Nearest: disk"),
        ("expect DHCP2 believes 10.0.0.51 ACTIVES", 33, "no status is called “ACTIVES”. Nearest: "),
        ("partner-down C1", 14, "no server is called “C1”. Expected DHCP1 or DHCP2"),
        ("release DHCP1", 9, "no client is called “DHCP1”. Expected C1, C2 or C3"),
        ("run 5x", 5, "“5x” is not a duration; write it like 90s, 1h30m or 8d"),
        ("run -5s", 5, "“-5s” is negative, and time runs forwards only"),
        ("run 4000d", 5, "“4000d” is longer than ten years"),
        ("set reserve 500%", 13, "“500%” is not a percentage from 0% to 100%"),
        ("expect C1 leases 10.0.0.300", 18, "“10.0.0.300” is not an IPv4 address"),
        ("run until 25:00", 11, "“25:00” is not a time of day"),
        ("run until Foo 10:00", 11, "no day within a year is “Foo”"),
        ("start 9999999999 clients", 7, "“999999999…” is too large a number"),
        ('step 1 "x', 8, "this quotation mark has no partner"),
        ("crash", 6, "the line stops too early; expected DHCP1, DHCP2, C1, C2 or C3"),
        ("run until C1 bound within", 26, "the line stops too early; expected <span>"),
        ("expect", 7, "the line stops too early"),
        ("x" * 100, 1, "unknown word “" + "x" * 40 + "…”"),
    ],
)
def test_a_mistake_names_file_line_column_and_the_nearest_word(line, column, message):
    error = mistake(line)
    assert error.where == f"story.lab:7:{column}"
    assert error.message.startswith(message)


def test_columns_count_from_where_the_line_stands_in_its_file():
    with pytest.raises(ScriptError) as caught:
        parse("expect C1 bounds", VOCABULARY, Place("lesson.md", 3, before=20))
    assert caught.value.where == "lesson.md:3:31"


def test_without_a_file_the_column_alone_is_named():
    with pytest.raises(ScriptError) as caught:
        parse("crash DHPC1", VOCABULARY)
    assert caught.value.where == "column 7"


# -- completion and help


def test_completion_offers_what_can_follow():
    assert completions("cra", VOCABULARY) == ("crash",)
    assert completions("crash ", VOCABULARY) == ("DHCP1", "DHCP2", "C1", "C2", "C3")
    assert completions("crash DHCP1", VOCABULARY) == ("DHCP1",)
    assert "BNDUPD" in completions("drop next ", VOCABULARY)
    assert completions("run until DHCP2 in COMM", VOCABULARY) == ("COMMUNICATION-INTERRUPTED",)
    assert completions("blah ", VOCABULARY) == ()
    assert {"start", "crash", "expect", "show"} <= set(completions("", VOCABULARY))


@settings(max_examples=150, deadline=None)
@given(lines, st.data())
def test_what_completion_offers_can_be_read_further(found, data):
    """A word that is offered never is the mistake of the line."""
    words = found[1]
    kept = " ".join(words[: data.draw(st.integers(0, len(words) - 1))])
    prefix = f"{kept} " if kept else ""
    offered = completions(prefix, VOCABULARY)
    for word in offered[:5]:
        if re.fullmatch(r"<.*>", word):
            continue
        _, error = outcome(prefix + word)
        assert error is None or "too early" in error.message, (prefix + word, error.message)


def test_the_forms_of_a_verb():
    assert [form.id for form in forms_of("kill")] == ["kill-service"]
    assert [form.id for form in forms_of("start")] == ["start", "start-many"]
    assert forms_of("") == LINES
    assert forms_of("nonsense") == ()


def test_every_message_type_has_a_word():
    assert {"DISCOVER", "ACK", "NAK", "BNDUPD", "UPDDONE", "CONTACT", "SYN"} <= set(MESSAGES)
