"""The command line, run as people run it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.settings import ROOT


def _run(tmp_path: Path, *arguments: str, typed: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    return _python(tmp_path, "-m", "core.cli", *arguments, typed=typed, **variables)


def _python(tmp_path: Path, *arguments: str, typed: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ROOSTER_")}
    environment = {**clean, "ROOSTER_DATA_DIR": str(tmp_path / "data"), "ROOSTER_SAMPLE": "0", **variables}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        input=typed,
    )


def test_setup_with_the_sample_prints_how_to_sign_in_and_can_be_repeated(tmp_path: Path) -> None:
    for _ in range(2):
        done = _run(tmp_path, "setup", ROOSTER_SAMPLE="1")
        assert done.returncode == 0, done.stderr
        assert "sign in as demo@rooster.test with the password rooster-demo-2013" in done.stdout
    key = tmp_path / "data" / "secret.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "data" / "sample" / "flights.db").exists()
    again = _run(tmp_path, "load-sample")
    assert (again.returncode, again.stdout) == (0, "The sample is loaded already.\n")


def test_setup_makes_the_administrator_of_the_settings(tmp_path: Path) -> None:
    secret = "a long enough password"
    variables = {"ROOSTER_ADMIN_EMAIL": "Sam@example.test", "ROOSTER_ADMIN_PASSWORD": secret}
    done = _run(tmp_path, "setup", **variables)
    assert done.returncode == 0, done.stderr
    assert "sign in as sam@example.test with the password you set" in done.stdout
    assert secret not in done.stdout + done.stderr


def test_setup_without_anybody_names_the_next_step(tmp_path: Path) -> None:
    done = _run(tmp_path, "setup")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "Nobody can sign in yet. Run: python -m core.cli create-admin"
    made = _run(tmp_path, "create-admin", "--email", "ada@example.test", ROOSTER_ADMIN_PASSWORD="long enough it is")
    assert (made.returncode, made.stdout) == (0, "ada@example.test is an administrator now.\n")


@pytest.mark.parametrize(
    ("arguments", "variables", "sentence"),
    [
        (["setup"], {"ROOSTER_ADMIN_EMAIL": "sam@example.test"}, "Set ROOSTER_ADMIN_PASSWORD too"),
        (["setup"], {"ROOSTER_PORT": "many"}, "ROOSTER_PORT is wrong"),
        (["migrate"], {"ROOSTER_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "ROOSTER_DATABASE_URL cannot"),
        (["migrate"], {"ROOSTER_DATABASE_URL": "mysql://localhost/x"}, "ROOSTER_DATABASE_URL is wrong"),
    ],
)
def test_an_error_is_one_line_that_says_what_to_do(
    tmp_path: Path, arguments: list[str], variables: dict[str, str], sentence: str
) -> None:
    done = _run(tmp_path, *arguments, **variables)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_second_account_for_an_address_is_refused(tmp_path: Path) -> None:
    arguments = ("create-admin", "--email", "ada@example.test")
    assert _run(tmp_path, *arguments, ROOSTER_ADMIN_PASSWORD="long enough it is").returncode == 0
    again = _run(tmp_path, *arguments, ROOSTER_ADMIN_PASSWORD="long enough it is")
    assert (again.returncode, again.stderr) == (1, "There is already an account for ada@example.test.\n")
    short = _run(tmp_path, "create-admin", "--email", "eve@example.test", ROOSTER_ADMIN_PASSWORD="short")
    assert short.returncode == 1
    assert short.stderr.startswith("password: ")


def test_the_sample_keeps_an_open_server_closed_until_it_is_removed(tmp_path: Path) -> None:
    assert _run(tmp_path, "setup", ROOSTER_SAMPLE="1").returncode == 0
    made = _run(tmp_path, "create-admin", "--email", "ada@example.test", ROOSTER_ADMIN_PASSWORD="long enough it is")
    assert made.returncode == 0
    serve = ("-m", "streamlit", "run", "app.py", "--server.address", "0.0.0.0", "--server.port", "0")  # noqa: S104 - it is refused
    refused = _python(tmp_path, *serve)
    assert refused.returncode != 0
    assert "demo@rooster.test" in refused.stderr + refused.stdout
    kept = _run(tmp_path, "remove-sample", typed="\n")
    assert kept.stdout.endswith("Go on? [y/N] Nothing was changed.\n")
    flights = tmp_path / "data" / "sample" / "flights.db"
    assert flights.exists()
    removed = _run(tmp_path, "remove-sample", typed="y\n")
    assert (removed.returncode, removed.stderr) == (0, "")
    assert "Removed:" in removed.stdout
    assert not flights.exists()


def test_a_key_is_rotated_and_the_old_one_can_go(tmp_path: Path) -> None:
    old, new = "the old key of the test", "the new key of the test"
    assert _run(tmp_path, "setup", ROOSTER_SAMPLE="1", ROOSTER_SECRET_KEY=old).returncode == 0
    lost = _run(tmp_path, "rotate-key", ROOSTER_SECRET_KEY=new)
    assert lost.returncode == 1
    assert len(lost.stderr.splitlines()) == 1
    rotated = _run(tmp_path, "rotate-key", ROOSTER_SECRET_KEY=f"{new},{old}")
    assert (rotated.returncode, rotated.stdout.startswith("1 secret sealed")) == (0, True), rotated.stderr
    assert _run(tmp_path, "rotate-key", ROOSTER_SECRET_KEY=new).returncode == 0
