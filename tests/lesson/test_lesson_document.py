"""Reading a lesson: what it holds, and one sentence with its line for each mistake."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foviz.base.errors import LessonError
from foviz.lesson.document import Lab, Prose, Question, parse_lesson
from foviz.library import lesson_names, load_lesson, scenario_of

FRONT = '+++\ntitle = "A lesson"\nscenario = "hot-standby"\n+++\n'
ASK = """```ask
Who answers?
- [x] DHCP1 `expect C1 unanswered by DHCP2`
- [ ] DHCP2 `expect C1 unanswered by DHCP1`
> Because.
```
"""
LAB = """```lab
start C1
run until C1 bound
step 1 "one"
expect C1 bound
```
"""
LESSON = f"""{FRONT}
# A lesson

## First

Words with a [link](glossary:mclt).

{ASK}
{LAB}
After.
"""


def read(text):
    return parse_lesson(text, "test", "lesson.md")


def mistake(text):
    with pytest.raises(LessonError) as caught:
        read(text)
    assert "\n" not in str(caught.value)
    return caught.value


# -- what is read


def test_a_lesson_in_full():
    lesson = read(LESSON)
    assert (lesson.title, lesson.scenario, lesson.seed) == ("A lesson", "hot-standby", 1)
    (section,) = lesson.sections
    assert section.title == "First"
    kinds = [type(block) for block in section.blocks]
    assert kinds == [Prose, Question, Lab, Prose]
    assert section.before == "Words with a [link](glossary:mclt)."
    assert section.after == "After."
    assert (lesson.step_count, lesson.question_count) == (1, 1)
    assert lesson.links == (("glossary:mclt", 10),)


def test_blocks_know_their_lines():
    lines = LESSON.splitlines()
    section = read(LESSON).sections[0]
    prose, question, lab, after = section.blocks
    assert lines[section.line - 1] == "## First"
    assert lines[lab.line - 1] == "start C1"
    assert lines[question.line - 1] == "Who answers?"
    assert [lines[answer.line - 1][:7] for answer in question.answers] == ["- [x] D", "- [ ] D"]
    assert "Words" in "\n".join(lines[prose.line - 1 : prose.line + 1])
    assert "After." in "\n".join(lines[after.line - 1 : after.line + 2])


def test_an_answer_knows_the_column_of_its_expectation():
    question = read(LESSON).sections[0].blocks[1]
    line = LESSON.splitlines()[question.answers[0].line - 1]
    answer = question.answers[0]
    assert line[answer.column :].startswith(answer.expect)
    assert (answer.text, answer.right, answer.expect) == (
        "DHCP1",
        True,
        "expect C1 unanswered by DHCP2",
    )
    assert question.explanation == "Because."


def test_fields_know_their_lines():
    lesson = read(LESSON)
    assert lesson.where("title") == "lesson.md:2"
    assert lesson.where("scenario") == "lesson.md:3"
    assert lesson.where("profile") == "lesson.md:1"


def test_a_link_knows_its_own_line_within_a_paragraph():
    lesson = read(FRONT + "## A\none\n[two](glossary:t1) three\nfour [five](glossary:t2)\n" + LAB)
    assert lesson.links == (("glossary:t1", 7), ("glossary:t2", 8))


def test_a_plain_block_is_prose():
    lesson = read(FRONT + "## A\n```text\nanything\n```\n" + LAB)
    assert "anything" in lesson.sections[0].before


def test_the_bundled_lesson():
    lesson = load_lesson("hot-standby")
    assert (lesson.step_count, lesson.question_count, len(lesson.sections)) == (21, 8, 8)
    assert scenario_of(lesson).name == "hot-standby"


@pytest.mark.parametrize("name", lesson_names())
def test_each_lesson_is_named_after_its_file(name):
    lesson = load_lesson(name)
    assert lesson.name == name
    assert Path(lesson.file).stem == name


# -- mistakes


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("# no front matter", "1", "a lesson begins with front matter between two lines of +++"),
        ("", "1", "a lesson begins with front matter between two lines of +++"),
        ("+++\ntitle = 'x'\n", "1", "the front matter has no closing +++"),
        ("+++\ntitle = \n+++\n", "2:1", "the front matter is no TOML: Invalid value"),
        ("+++\ntitle = 'x'\n+++\n## A", "1", "the front matter lacks scenario"),
        ("+++\nscenario = 'x'\n+++\n## A", "1", "the front matter lacks title"),
        (FRONT.replace("scenario", "scenari"), "3", "“scenari” is not known here; nearest: scen"),
        (FRONT.replace('"A lesson"', "5"), "2", "title has to be text"),
        (FRONT.replace("+++\n", "+++\nseed = 'x'\n", 1), "2", "seed has to be a number"),
        (FRONT.replace("+++\n", "+++\nseed = true\n", 1), "2", "seed has to be a number"),
        (FRONT + "words\n", "5", "a lesson needs at least one section: ## Title"),
        (FRONT + LAB + "## A\n", "5", "a block has to stand in a section, below a line ## Title"),
        (
            FRONT + "## A\n```labb\nstart C1\n```\n",
            "6",
            "a block is “lab”, “ask” or “text”, not “labb”; nearest: lab",
        ),
        (
            FRONT + "## A\n```python\nx\n```\n",
            "6",
            "a block is “lab”, “ask” or “text”, not “python”",
        ),
        (
            FRONT + "## A\n```ask\nWho?\n- [x] one\n- [ ] two `expect C1 bound`\n```\n",
            "8",
            "an answer looks like: - [x] words `expect …`",
        ),
        (
            FRONT + "## A\n```ask\nWho?\n- [x] one `run 5m`\n```\n",
            "8",
            "an answer looks like: - [x] words `expect …`",
        ),
        (
            FRONT + "## A\n```ask\n- [x] a `expect C1 bound`\n- [ ] b `expect C2 bound`\n```\n",
            "7",
            "the question has no words",
        ),
        (
            FRONT + "## A\n```ask\nWho?\n- [x] a `expect C1 bound`\n```\n",
            "7",
            "a question needs at least two answers, one of them marked [x]",
        ),
        (
            FRONT + "## A\n```ask\nWho?\n- [ ] a `expect C1 bound`\n- [ ] b `expect C2 off`\n```\n",
            "7",
            "a question needs at least two answers, one of them marked [x]",
        ),
        (
            FRONT + "## A\n```ask\nWho?\n- [x] a `expect C1 bound`\nAnd why?\n```\n",
            "9",
            "the question stands before its answers",
        ),
    ],
)
def test_a_mistake_is_one_sentence_with_its_line(text, line, message):
    error = mistake(text)
    assert error.where == f"lesson.md:{line}"
    assert error.message.startswith(message)


@pytest.mark.parametrize(
    ("field", "value", "line", "words"),
    [
        ("scenario", "hot-stanby", 3, "no scenario is called “hot-stanby”; nearest: hot-standby"),
        ("profile", "microsofts", 5, "no profile is called “microsofts”; nearest: microsoft"),
    ],
)
def test_a_front_matter_that_names_what_does_not_exist(field, value, line, words):
    front = (
        '+++\ntitle = "A lesson"\nscenario = "hot-standby"\nseed = 1\nprofile = "microsoft"\n+++\n'
    )
    front = front.replace(f'{field} = "{"hot-standby" if field == "scenario" else "microsoft"}"',
                          f'{field} = "{value}"')  # fmt: skip
    lesson = read(front + "## A\n" + LAB)
    with pytest.raises(LessonError) as caught:
        scenario_of(lesson)
    assert str(caught.value) == f"lesson.md:{line}: {words}"


def test_an_unknown_lesson_names_the_nearest():
    with pytest.raises(LessonError, match="no lesson is called “hot-stanby”; nearest: hot-standby"):
        load_lesson("hot-stanby")


def test_a_directory_is_no_lesson(tmp_path):
    folder = tmp_path / "x.md"
    folder.mkdir()
    with pytest.raises(LessonError, match="this is a directory, not a lesson"):
        load_lesson(str(folder))


@given(st.text(max_size=200))
def test_any_text_is_a_lesson_or_one_mistake(body):
    try:
        lesson = read(FRONT + body)
    except LessonError as error:
        found = error.where
    else:
        found = lesson.file
    assert found.startswith("lesson.md")
