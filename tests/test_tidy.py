"""The house rules that a machine can see to; the walls between packages are in pyproject.toml."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from foviz.lesson.document import parse_lesson
from foviz.library import scenario_of

ROOT = Path(__file__).parent.parent
FOVIZ = sorted((ROOT / "foviz").rglob("*.py"))
UI = sorted((ROOT / "ui").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LESSONS = sorted((ROOT / "lessons").glob("*.md"))

LONGEST_MODULE = 600
LONGEST_FUNCTION = 70
LONGEST_WINDOW = 250

PURE = (
    *("base", "wire", "lease", "dhcp", "failover", "sim", "script", "explain"),
    *("library.py", "saved.py", "branching.py", "session.py"),
)
"""What has to do with the standard library alone."""

ALLOWED = {
    ("foviz/cli.py", "os"): "gives up standard output when nobody reads it any more",
    ("foviz/report/check.py", "os"): "plays the lesson again under another hash seed",
    ("foviz/report/check.py", "subprocess"): "plays the lesson again under another hash seed",
    ("foviz/base/time.py", "datetime"): "the calendar; asking it for the present is found below",
}
"""What has a reason to be there: (file, module)."""

UNWANTED_MODULES = {
    "asyncio": "a thread of its own",
    "datetime": "a wall clock",
    "glob": "the disk's order",
    "multiprocessing": "a process",
    "os": "the machine",
    "random": "chance",
    "secrets": "entropy",
    "socket": "the real network",
    "subprocess": "a process",
    "tempfile": "the machine",
    "threading": "a thread of its own",
    "time": "a wall clock",
    "uuid": "entropy",
}
UNWANTED_CALLS = {
    "hash": "differs between two starts",
    "id": "differs between two starts",
    "input": "waits for somebody",
    "print": "belongs to the command line",
}
UNWANTED_METHODS = {"now": "a wall clock", "today": "a wall clock", "utcnow": "a wall clock"}
FINE_WITH_SETS = ("sorted", "len", "any", "all", "min", "max", "sum", "set", "frozenset")


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def functions(tree):
    return [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]


def imported(tree):
    """Every module that is imported, with the names taken from it: (line, module, names)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, ()
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute here"
            yield node.lineno, node.module or "", tuple(alias.name for alias in node.names)


# -- sizes


@pytest.mark.parametrize("path", [*FOVIZ, *UI], ids=name_of)
def test_modules_and_functions_stay_short(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_MODULE
    long = [
        f"{found.name}: {length} lines"
        for found in functions(ast.parse(text))
        if (length := found.end_lineno - found.lineno + 1) > LONGEST_FUNCTION
    ]
    assert long == []


def test_the_main_window_stays_short():
    tree = tree_of(ROOT / "ui" / "window.py")
    window = next(
        n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.name == "MainWindow"
    )
    assert window.end_lineno - window.lineno + 1 <= LONGEST_WINDOW


# -- determinism and honesty


def misdeeds(source, file=""):
    """What engine code must not do, as ``line: words``; one walk over its tree."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    found = []
    for line, module, _ in imported(tree):
        top = module.partition(".")[0]
        if top in UNWANTED_MODULES and (file, top) not in ALLOWED:
            found.append((line, f"import {top}: {UNWANTED_MODULES[top]}"))
    for node in ast.walk(tree):
        words = _misdeed(node)
        if words:
            found.append((node.lineno, words))
        if _is_set(node) and not _is_harmless(node, parents):
            found.append((node.lineno, "a set whose order could decide something"))
    return [f"{line}: {words}" for line, words in sorted(found)]


def _misdeed(node):
    if isinstance(node, ast.ExceptHandler):
        broad = node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")
        return "a broad except" if broad else ""
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Name) and node.func.id in UNWANTED_CALLS:
        return f"{node.func.id}(): {UNWANTED_CALLS[node.func.id]}"
    if isinstance(node.func, ast.Attribute):
        name, owner = node.func.attr, ast.unparse(node.func.value)
        if name in UNWANTED_METHODS and owner.endswith(("datetime", "date")):
            return f"{owner}.{name}(): {UNWANTED_METHODS[name]}"
        if (owner, name) == ("os", "urandom"):
            return "os.urandom(): entropy"
    return ""


def _is_set(node):
    if isinstance(node, (ast.Set, ast.SetComp)):
        return True
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Name) and called.id in ("set", "frozenset")


def _is_harmless(node, parents):
    """Whether only membership, size or a sorted copy is asked of a set."""
    parent = parents[node]
    while isinstance(parent, ast.BinOp):
        node, parent = parent, parents[parent]
    if isinstance(parent, ast.Assign) and all(isinstance(t, ast.Name) for t in parent.targets):
        names = [target.id for target in parent.targets]
        scope = parents[parent]
        while not isinstance(scope, (ast.FunctionDef, ast.Module)):
            scope = parents[scope]
        uses = [n for n in ast.walk(scope) if isinstance(n, ast.Name) and n.id in names]
        return all(_is_asked(n, parents) for n in uses if isinstance(n.ctx, ast.Load))
    return _is_asked(node, parents)


def _is_asked(node, parents):
    parent = parents[node]
    if isinstance(parent, ast.Compare):
        return True
    called = parent.func if isinstance(parent, ast.Call) else None
    return isinstance(called, ast.Name) and called.id in FINE_WITH_SETS


@pytest.mark.parametrize("path", FOVIZ, ids=name_of)
def test_the_laboratory_depends_on_nothing_but_its_inputs(path):
    assert misdeeds(path.read_text(encoding="utf-8"), name_of(path)) == []


def test_what_is_allowed_is_really_there():
    for file, module in ALLOWED:
        assert module in [name for _, name, _ in imported(tree_of(ROOT / file))], (file, module)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import random", "chance"),
        ("from time import monotonic", "wall clock"),
        ("import os.path", "the machine"),
        ("from datetime import datetime\ndatetime.now()", "datetime.now()"),
        ("x = hash('a')", "hash()"),
        ("order = id(x)", "id()"),
        ("print('x')", "command line"),
        ("try:\n    f()\nexcept Exception:\n    pass", "broad"),
        ("try:\n    f()\nexcept:\n    pass", "broad"),
        ("for x in {1, 2}:\n    f(x)", "a set"),
        ("y = [x for x in set(z)]", "a set"),
        ("def f(z):\n    seen = set(z)\n    return list(seen)", "a set"),
        ("def f(z):\n    return {x for x in z}", "a set"),
    ],
)
def test_a_misdeed_is_found(source, words):
    assert any(words in found for found in misdeeds(source))


@pytest.mark.parametrize(
    "source",
    [
        "y = x in {1, 2}",
        "y = sorted({1, 2} | set(z))",
        "def f(z):\n    seen = {x for x in z}\n    return 3 in seen",
        "for x in dict.fromkeys(z):\n    f(x)",
        "try:\n    f()\nexcept ValueError:\n    pass",
        "world.now()",
    ],
)
def test_a_good_deed_is_left_alone(source):
    assert misdeeds(source) == []


def test_standard_output_belongs_to_the_command_line():
    writers = [
        name_of(path)
        for path in FOVIZ
        if re.search(r"\bsys\.std(out|err)\b|\bclick\.echo\b", path.read_text(encoding="utf-8"))
    ]
    assert writers == ["foviz/cli.py"]


def test_only_the_machine_changes_a_failover_state():
    """CONTRIBUTING: nothing outside the table changes a failover state."""
    writers = [
        (path.name, function.name)
        for path in sorted((ROOT / "foviz" / "failover").glob("*.py"))
        for function in functions(tree_of(path))
        for node in ast.walk(function)
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute) and target.attr == "state"
    ]
    assert writers == [("endpoint.py", "__init__"), ("machine.py", "_enter")]


# -- walls that import-linter can't see


def test_the_engine_needs_the_standard_library_only():
    known = {*sys.stdlib_module_names, "foviz"}
    strangers = [
        f"{name_of(path)}:{line}: {module}"
        for path in FOVIZ
        if path.relative_to(ROOT / "foviz").parts[0] in PURE
        for line, module, _ in imported(tree_of(path))
        if module.partition(".")[0] not in known
    ]
    assert strangers == []


def test_the_window_takes_everything_from_the_facade():
    deeper = [
        f"{name_of(path)}:{line}: {module}"
        for path in UI
        for line, module, names in imported(tree_of(path))
        if module.startswith("foviz") and (module != "foviz" or not names)
    ]
    # The console script hands the commands that need no window over (DESIGN §11.26).
    assert [place.partition(":")[0] for place in deeper] == ["ui/main.py"] * len(deeper)
    assert all(place.endswith(": foviz.cli") for place in deeper)


def test_what_the_facade_offers_exists_and_is_listed_in_order():
    import foviz

    assert [name for name in foviz.__all__ if not hasattr(foviz, name)] == []
    assert len(dict.fromkeys(foviz.__all__)) == len(foviz.__all__)


@pytest.mark.parametrize(
    ("package", "allowed"),
    [("layout", []), ("model", ["PySide6.QtCore"])],
)
def test_layout_knows_no_qt_and_model_only_its_core(package, allowed):
    modules = [
        name_of(path).removesuffix(".py").replace("/", ".")
        for path in UI
        if path.is_relative_to(ROOT / "ui" / package)
    ]
    code = (
        f"import sys, {', '.join(modules)}\n"
        "print(*sorted(m for m in sys.modules if m.startswith('PySide6.Qt')))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert result.stdout.split() == allowed


def test_the_command_line_starts_without_qt_and_without_what_it_does_not_need():
    code = (
        "import sys\nfrom ui.main import main\nmain(['words'])\n"
        "print('loaded:', *sorted(m for m in ('PySide6', 'dpkt', 'networkx', 'pyqtgraph', "
        "'markdown_it') if m in sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert result.stdout.splitlines()[-1].split() == ["loaded:"]


# -- words


def undocumented(source):
    """Public modules, classes and functions without a docstring, as ``line: name``."""
    tree = ast.parse(source)
    found = [] if ast.get_docstring(tree) else ["1: module"]
    found.extend(_undocumented_in(tree))
    return found


def _undocumented_in(node):
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.ClassDef, ast.FunctionDef)) or child.name.startswith("_"):
            continue
        overloaded = any("override" in ast.unparse(d) for d in child.decorator_list)
        if not ast.get_docstring(child) and not overloaded:
            yield f"{child.lineno}: {child.name}"
        if isinstance(child, ast.ClassDef):
            yield from _undocumented_in(child)


@pytest.mark.parametrize("path", [*FOVIZ, *UI], ids=name_of)
def test_everything_public_has_a_docstring(path):
    assert undocumented(path.read_text(encoding="utf-8")) == []


def test_a_missing_docstring_is_found():
    source = '"""M."""\nclass A:\n    """A."""\n    def b(self): pass\n    def _c(self): pass\n'
    assert undocumented(source) == ["4: b"]
    assert undocumented("x = 1") == ["1: module"]


NOT_OURS = (".git", ".venv", "build", "dist", "__pycache__")
REGISTRIES = (
    *("pypi." + "org", "python" + "hosted.org", "npmjs." + "org", "npmjs." + "com"),
    *("yarnpkg." + "com", "crates." + "io", "proxy.golang." + "org", "rubygems." + "org"),
    *("conda." + "anaconda.org", "devpi." + "net", "artifactory" + ".", "index-" + "url ="),
)


def committed_files():
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        ours = not any(p in NOT_OURS or p.endswith(("_cache", ".egg-info")) for p in parts)
        if ours and path.is_file() and ".hypothesis" not in parts:
            yield path


def test_no_file_names_a_package_registry():
    named = [
        f"{name_of(path)}: {host}"
        for path in committed_files()
        for host in REGISTRIES
        if host.encode() in path.read_bytes()
    ]
    assert named == []


def test_the_lock_file_pins_everything_with_hashes():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = [part for part in re.split(r"\n(?=\S)", text) if not part.startswith("#")]
    assert len(pins) > 20
    assert [pin for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []


# -- tests and lessons


def test_the_tests_assert_something():
    lazy = [
        name_of(path)
        for path in TESTS
        if path.name.startswith("test_")
        and not any(isinstance(node, ast.Assert) for node in ast.walk(tree_of(path)))
    ]
    assert lazy == []


def test_no_test_is_passed_over_or_sleeps():
    pattern = re.compile(r"(?:mark|pytest)\.(?:skip|skipif|xfail)\b|\btime\.sleep\b|importorskip")
    found = [
        f"{name_of(path)}: {match[0]}"
        for path in TESTS
        if path != Path(__file__)
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_two_test_files_have_the_same_name():
    names = [path.name for path in TESTS if path.name != "conftest.py"]
    assert sorted(dict.fromkeys(names)) == sorted(names)


@pytest.mark.parametrize("path", LESSONS, ids=name_of)
def test_every_lesson_and_its_scenario_can_be_read(path):
    lesson = parse_lesson(path.read_text(encoding="utf-8"), path.stem, str(path))
    assert lesson.step_count or lesson.question_count
    assert lesson.source, "a lesson names its source"
    assert scenario_of(lesson).servers
