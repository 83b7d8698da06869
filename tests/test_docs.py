"""The documentation names everything there is, and its links lead somewhere."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from core import states
from core.cli import main as cli
from core.formats import FORMAT_KEYS
from core.formats.csv_options import CsvOptions
from core.mail.presets import PRESETS
from core.mail.template_engine import make_environment
from core.mail.template_registry import VARIABLES
from core.periods import MACROS
from core.settings import PREFIX, Settings
from core.sources import SourceOptions, open_source
from core.version import VERSION
from pages.components.menu import MENU

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = [path for path in (*ROOT.glob("*.md"), *DOCS.rglob("*.md")) if path.name != "LICENSE"]
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def missing(names: Iterator[str] | list[str], name: str) -> list[str]:
    """Those that do not stand in the page as code."""
    text = text_of(name)
    return [word for word in names if f"`{word}`" not in text]


def test_every_setting_is_explained_and_in_the_example():
    names = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    assert missing(names, "docs/settings.md") == []
    assert [name for name in names if name not in text_of(".env.example")] == []


def test_the_settings_page_names_no_variable_that_is_none():
    assert variables_in(PAGES) - known_variables() == set()


def test_no_hint_of_the_program_names_a_variable_that_is_none():
    files = [path for folder in ("core", "pages", "web") for path in (ROOT / folder).rglob("*.py")]
    assert variables_in([*files, ROOT / "tasks.py"]) - known_variables() == set()


def known_variables() -> set[str]:
    settings = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    return settings | {f"{name}_FILE" for name in settings} | {"ROOSTER_TEST_BROWSER", "ROOSTER_SUPERVISED"}


def variables_in(paths: list[Path]) -> set[str]:
    return set(re.findall(r"\bROOSTER_[A-Z_]*[A-Z]\b", "".join(path.read_text("utf-8") for path in paths)))


def test_every_page_of_the_menu_is_described_under_its_address():
    text = text_of("docs/pages.md")
    for entry in MENU:
        address = "/" if entry is MENU[0] else f"/{entry.url_path}"
        title = f"*{entry.title}*" if f"### *{entry.title}*" in text else entry.title
        section = text.partition(f"### {title}\n")[2].partition("\n#")[0]
        assert section.startswith(f"`{address}"), f"{entry.title} begins with its address"


def test_every_format_and_every_option_of_csv_is_described():
    assert missing(list(FORMAT_KEYS), "docs/formats.md") == []
    assert missing(list(CsvOptions.__dataclass_fields__), "docs/formats.md") == []


def test_every_template_variable_filter_and_preset_is_described():
    assert missing([variable.name for variable in VARIABLES], "docs/mail.md") == []
    assert missing(list(make_environment().filters), "docs/mail.md") == []
    assert missing(list(PRESETS), "docs/mail.md") == []


def test_every_date_by_name_is_described():
    assert missing([*MACROS, "days_ago(7)"], "docs/schedules.md") == []


def test_every_status_and_error_class_is_described():
    words = [*states.EXECUTION_STATUSES, *states.DELIVERY_STATUSES, *states.ERROR_CLASSES]
    assert missing(words, "docs/reliability.md") == []


def test_every_rest_route_is_described_and_no_other():
    from web.api import create_api

    routes = {
        f"{method.upper()} /api{path}"
        for path, operations in create_api().openapi()["paths"].items()
        for method in operations
    }
    described = set(re.findall(r"^\| `((?:GET|POST|PUT|DELETE) /api[^`]*)` \|", text_of("docs/api.md"), re.MULTILINE))
    assert described == routes


def test_every_command_is_described(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        cli(["--help"])
    listed = re.search(r"\{([a-z,-]+)\}", capsys.readouterr().out)
    assert listed is not None
    assert missing(listed[1].split(","), "docs/operations.md") == []


def test_the_flags_of_the_consumer_by_hand_are_those_of_the_script():
    by_hand = next(line for line in text_of("docs/operations.md").splitlines() if "huey_consumer tasks.huey" in line)
    script = ast.parse(text_of("script/worker"))
    flags = next(
        [element.value if isinstance(element, ast.Constant) else "" for element in node.elts]
        for node in ast.walk(script)
        if isinstance(node, ast.List) and any(getattr(element, "value", "") == "-k" for element in node.elts)
    )
    # The list begins with the program and ends with further arguments; the number behind -w depends on the settings.
    expected = [flag or "6" for flag in flags[1:-1]]
    assert shlex.split(by_hand)[1:] == expected


def test_every_decision_has_its_number_and_four_headings():
    for number, path in enumerate(sorted((DOCS / "adr").glob("*.md")), start=1):
        text = path.read_text(encoding="utf-8")
        assert path.name.startswith(f"{number:04d}-")
        assert HEADING.findall(text)[0].startswith(f"{number}. ")
        assert HEADING.findall(text)[1:] == ["Status", "Context", "Decision", "Consequences"]


def test_the_changelog_tells_the_version():
    newest = next(line for line in text_of("CHANGELOG.md").splitlines() if line.startswith("## "))
    found = re.fullmatch(r"## (\d+\.\d+(?:\.\d+)?) - (unreleased|\d{4}-\d{2}-\d{2})", newest)
    assert found is not None
    assert found[1] == VERSION


def anchors_of(path: Path) -> set[str]:
    """As GitHub makes them: small letters, no punctuation, hyphens for spaces."""
    headings = HEADING.findall(FENCE.sub("", path.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path):
    broken = []
    for link in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        target, _, anchor = link.partition("#")
        path = (page.parent / target).resolve() if target else page
        if not path.exists() or (anchor and anchor not in anchors_of(path)):
            broken.append(link)
    assert broken == []


def test_files_and_tests_that_the_pages_name_exist():
    """Words such as `core/mail/smtp.py` or `test_a_run_...` in code."""
    functions = set(
        re.findall(r"def (test_\w+)", "".join(p.read_text("utf-8") for p in (ROOT / "tests").rglob("*.py")))
    )
    files = {path.name for path in (ROOT / "tests").rglob("*.py")}
    wrong = []
    for page in PAGES:
        for word in re.findall(r"`([^`\s]+)`", page.read_text(encoding="utf-8")):
            if re.search(r"\b[A-Z]{4,}\.py", word):
                continue  # the name is the reader's to choose
            if re.fullmatch(r"(core|web|pages|tests|script|static|migrations)/[\w./-]+", word):
                wrong += [] if (ROOT / word).exists() else [f"{page.name}: {word}"]
            elif re.fullmatch(r"test_\w+\.py", word):
                wrong += [] if word in files else [f"{page.name}: {word}"]
            elif re.fullmatch(r"test_\w{12,}", word) and word not in functions:
                wrong.append(f"{page.name}: {word}")
    assert wrong == []


def test_every_promise_of_mails_and_documents_names_its_test():
    """That the named tests exist is another test's matter."""
    lines = [line for line in text_of("docs/promises-of-documents.md").splitlines() if line.startswith("| ")]
    rows = [line.rpartition(" | ")[2] for line in lines if not line.endswith("| test |")]
    assert len(rows) > 70
    assert [row for row in rows if not re.match(r"`test_\w{12,}`|without a test: ", row)] == []


PLAN_NAMES = """
    ScheduleConfigSchema ScheduledReportCreate ScheduledReportUpdate ScheduledReportResponse ReportExecutionResponse
    EmailConfigCreate EmailConfigResponse EmailConfigTest EmailStr smtp_host smtp_port use_tls use_ssl smtp_username
    smtp_password from_email from_name day_of_week day_of_month dashboard_id saved_query_id email_subject email_body
    get_current_user JWT shared_task check_and_run_scheduled_reports run_scheduled_report_task
    execute_dashboard_queries execute_saved_query generate_all_formats send_report_email calculate_next_run
    generated_files sent_to execution_time_ms row_count error_message test_week3_integration React
"""


def test_every_name_of_the_plan_has_its_place():
    text = text_of("docs/plan.md")
    assert [name for name in PLAN_NAMES.split() if name not in text] == []


def test_what_the_plan_page_points_to_exists():
    """In each row the first cell is the plan's own; paths, `module.name` and names of ours stand in the others."""
    ours, modules = _names_of_ours()
    wrong = []
    for word in _pointed_to(text_of("docs/plan.md")):
        if re.fullmatch(r"(core|web|pages|tests|script|migrations|docs)/[\w./-]+|[\w-]+\.(py|txt)", word):
            wrong += [] if (ROOT / word).exists() else [word]
        elif re.fullmatch(r"[A-Za-z]\w*\.\w+", word):
            module, name = word.split(".")
            wrong += [] if name in modules.get(module, ours.get(module, set())) else [word]
        elif re.fullmatch(r"_?[A-Za-z]+(_[a-z]+)+|_[a-z]+|([A-Z][a-z]+){2,}", word):
            wrong += [] if any(word in found for found in (ours, *modules.values(), *ours.values())) else [word]
    assert wrong == []


def _pointed_to(text: str) -> Iterator[str]:
    for line in text.splitlines():
        own = line.split("|", 2)[-1] if line.startswith("|") else line
        yield from re.findall(r"`([^`\s]+)`", own)


def _names_of_ours() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """By class and by module: what each defines, imports included."""
    classes: dict[str, set[str]] = {}
    modules: dict[str, set[str]] = {}
    folders = [ROOT / name for name in ("core", "web", "pages", "tests")]
    for path in [ROOT / "tasks.py", *(path for folder in folders for path in folder.rglob("*.py"))]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        modules.setdefault(path.stem, set()).update(_defined(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                classes.setdefault(node.name, set()).update(_defined(node))
    return classes, modules


def _defined(scope: ast.Module | ast.ClassDef) -> set[str]:
    found: set[str] = set()
    for node in scope.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.AnnAssign | ast.Assign):
            targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.ImportFrom):
            found |= {name.asname or name.name for name in node.names}
    if isinstance(scope, ast.ClassDef):
        stored = (node for node in ast.walk(scope) if isinstance(node, ast.Attribute))
        found |= {node.attr for node in stored if isinstance(node.ctx, ast.Store)}
    return found


def test_shell_examples_can_be_parsed():
    for page in PAGES:
        for block in re.findall(r"^```sh\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
            checked = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True, check=False)
            assert checked.returncode == 0, f"{page.name}: {checked.stderr}"


def test_the_role_of_the_security_page_may_read_and_is_not_doubted(postgres_url: str):
    """The statements as they stand, with another name for the database and the role."""
    script = re.search(r"^```sql\n(CREATE ROLE.*?)^```", text_of("docs/security.md"), re.MULTILINE | re.DOTALL)
    assert script is not None
    database = postgres_url.rpartition("/")[2]
    role = f"reader_of_{database}"
    statements = script[1].replace("DATABASE sales", f'DATABASE "{database}"').replace("report_reader", f'"{role}"')
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute("CREATE TABLE before (a int)")
        owner.execute(sql.SQL(statements))  # type: ignore[arg-type] # our own page
        owner.execute("CREATE TABLE later (a int)")
        try:
            url = re.sub(r"//[^@]*@", f"//{role}:choose-a-long-one@", postgres_url)
            source = open_source(url, options=SourceOptions())
            check = source.check()
            assert (check.ok, check.warnings) == (True, ())
            assert [table.name for table in source.tables()] == ["before", "later"]
        finally:
            owner.execute(sql.SQL("DROP OWNED BY {0}; DROP ROLE {0}").format(sql.Identifier(role)))
