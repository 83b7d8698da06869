"""The house rules of docs/architecture.md, read from the source with `ast`: nothing is imported here."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAX_LINES = 300

LEAVES = ("errors", "states", "clock", "crypto", "text", "logs", "settings", "version", "host", "parent")
LEAF_MODULES = tuple(f"core.{name}" for name in LEAVES)
# A floor of core -> what of core it may import besides the leaves.
FLOORS = {
    "core/sources": ("core.sources",),
    "core/document": ("core.document",),
    "core/formats": ("core.formats", "core.document"),
    "core/mail": ("core.mail", "core.document"),
    "core/schedule.py": ("core.schemas",),
}
OUTER = ("streamlit", "huey", "fastapi", "starlette", "pages", "web", "tasks")
# Calls that tell the time of day; `time.monotonic` measures durations and is fine.
WALL_CLOCKS = {
    "datetime": ("now", "utcnow", "today"),
    "date": ("today",),
    "time": ("time", "time_ns", "localtime", "gmtime", "ctime"),
}


def files_of(place: str) -> list[Path]:
    path = ROOT / place
    found = [path] if path.is_file() else sorted(path.rglob("*.py"))
    return [file for file in found if "node_modules" not in file.parts]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports_of(path: Path) -> Iterator[str]:
    """Dotted names of everything imported, at the top or inside a function: `from core import clock` is core.clock."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} uses a relative import"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def is_below(name: str, packages: Iterable[str]) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def offences(places: Iterable[str], forbidden: Iterable[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for place in places
        for path in files_of(place)
        for name in imports_of(path)
        if is_below(name, forbidden)
    ]


def test_core_knows_neither_the_web_nor_the_queue():
    assert offences(["core"], OUTER) == []


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_of_core_imports_only_what_lies_below_it(floor):
    allowed = (*LEAF_MODULES, *FLOORS[floor])
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files_of(floor)
        for name in imports_of(path)
        if is_below(name, ["core"]) and not is_below(name, allowed)
    ]
    assert wrong == []


@pytest.mark.parametrize("leaf", LEAVES)
def test_a_leaf_imports_leaves_only(leaf):
    wrong = [
        name
        for name in imports_of(ROOT / "core" / f"{leaf}.py")
        if is_below(name, ["core"]) and not is_below(name, LEAF_MODULES)
    ]
    assert wrong == []


def test_models_import_sqlalchemy_and_the_words_of_the_states_only():
    allowed = ("core.models", "core.states", "core.clock")
    wrong = [
        f"{path.name} imports {name}"
        for path in files_of("core/models")
        for name in imports_of(path)
        if is_below(name, ["core"]) and not is_below(name, allowed)
    ]
    assert wrong == []


def test_only_services_and_the_set_up_import_models():
    """`core/services`, the command line and the migrations; everybody else gets schemas."""
    users = {
        str(path.relative_to(ROOT))
        for path in files_of("core")
        for name in imports_of(path)
        if is_below(name, ["core.models"])
    }
    allowed = ("core/models/", "core/services/", "core/cli", "core/sample")
    assert [user for user in users if not user.startswith(allowed)] == []


def test_pages_web_and_tasks_know_no_tables():
    assert offences(["pages", "web", "tasks.py", "app.py"], ["core.models", "sqlalchemy"]) == []


def test_pages_do_not_import_each_other():
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files_of("pages")
        for name in imports_of(path)
        if is_below(name, ["pages"]) and not is_below(name, ["pages.components"])
    ]
    assert wrong == []


def test_web_does_not_import_pages():
    assert offences(["web", "tasks.py"], ["pages"]) == []


def test_pages_and_web_take_nothing_but_the_bell_from_tasks():
    wrong = [
        f"{path.relative_to(ROOT)} uses tasks.{node.attr}"
        for place in ("pages", "web")
        for path in files_of(place)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "tasks"
        and node.attr not in ("ring", "queue_answers")
    ]
    assert wrong == []


def test_no_file_is_longer_than_three_hundred_lines():
    """Migrations are written once and never grow, so they may be as long as they are."""
    places = ("core", "pages", "web", "tasks.py", "app.py", "script", "tests", "benchmarks")
    long = {
        str(path.relative_to(ROOT)): count
        for place in places
        for path in files_of(place)
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }
    assert long == {}


def test_one_module_alone_knows_what_time_it_is():
    wrong = [
        f"{path.relative_to(ROOT)}:{line} calls {name}"
        for place in ("core", "pages", "web", "tasks.py", "app.py")
        for path in files_of(place)
        if path != ROOT / "core" / "clock.py"
        for line, name in wall_clock_calls(tree_of(path))
    ]
    assert wrong == []


def wall_clock_calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner = node.func.value
        name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
        if node.func.attr in WALL_CLOCKS.get(name, ()):
            yield node.lineno, f"{name}.{node.func.attr}"


def test_the_clock_rule_sees_what_it_forbids():
    tree = ast.parse("import datetime, time\ntime.time()\ndatetime.datetime.now()\ntime.monotonic()\n")
    assert [name for _, name in wall_clock_calls(tree)] == ["time.time", "datetime.now"]
