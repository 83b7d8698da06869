"""The walk through the API in docs/api.md, as a reader takes it: its blocks, in one bash, against real processes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from core.mail.outbox import MailSummary, Outbox
from core.settings import ROOT
from tests.e2e.installation import PASSWORD, Installation, installed, made

ME: Final = "grace@example.test"
COLLEAGUE: Final = "heidi@example.test"
MANAGER: Final = "manager@example.com"
NO_CURL: Final = "There is no curl for the walk through the API. Install it: apt-get install -y curl"
# Three runs with all their files, on a machine that other tests keep busy.
PATIENCE_SECONDS: Final = 900.0
_BLOCK: Final = re.compile(r"^```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def section() -> str:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    return text.partition("\n## The whole job with curl\n")[2].partition("\n## ")[0]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Without the sample, with two people."""
    variables = {"ROOSTER_ADMIN_EMAIL": ME, "ROOSTER_ADMIN_PASSWORD": PASSWORD, "ROOSTER_SAMPLE": "0"}
    with installed(tmp_path_factory.mktemp("walk"), variables) as installation:
        with installation.signed_in(ME) as api:
            made(api, "/api/users", {"email": COLLEAGUE, "name": "Heidi", "password": PASSWORD})
        yield installation


@pytest.fixture(scope="module")
def walked(house: Installation, section: str) -> subprocess.CompletedProcess[str]:
    """All blocks, one after the other, in one bash."""
    bash, curl = shutil.which("bash"), shutil.which("curl")
    assert bash is not None
    assert curl is not None, NO_CURL
    script = house.folder / "walk.sh"
    script.write_text("\n".join(_BLOCK.findall(section)), encoding="utf-8")
    # With -x the log tells how far a walk came that stumbled.
    return subprocess.run(
        [bash, "-x", script],
        env=os.environ | from_outside(house),
        cwd=house.folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )


def from_outside(house: Installation) -> dict[str, str]:
    """The variables that the section tells its readers to set."""
    return {
        "BASE": house.url,
        "EMAIL": ME,
        "PASSWORD": PASSWORD,
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(house.catcher_port),
        "SOURCE_URL": f"sqlite:///{source_file(house)}",
        "COLLEAGUE": COLLEAGUE,
    }


def source_file(house: Installation) -> Path:
    return house.folder / "shop.db"


def mails(house: Installation) -> list[MailSummary]:
    return Outbox(house.data_dir / "outbox").list()


def subjects_to(house: Installation, address: str) -> list[str]:
    return sorted(mail.subject for mail in mails(house) if mail.envelope.recipients == (address,))


def test_the_walk_has_all_its_steps_and_a_sentence_before_each(section: str) -> None:
    assert len(_BLOCK.findall(section)) >= 12
    before = [text.strip().splitlines() for text in _BLOCK.split(section)[::2][:-1]]
    assert [lines for lines in before if not lines or not lines[-1].endswith(".")] == []


def test_the_section_names_every_variable_that_is_given_from_outside(house: Installation, section: str) -> None:
    given = re.search(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert given is not None
    assert set(re.findall(r"\b([A-Z_]+)=", given[1])) == set(from_outside(house))


def test_every_block_does_what_it_says(walked: subprocess.CompletedProcess[str]) -> None:
    assert walked.returncode == 0, f"{walked.stdout}\n{walked.stderr[-6000:]}"


@pytest.mark.usefixtures("walked")
def test_the_mails_of_the_walk_arrive(house: Installation) -> None:
    mine, theirs = subjects_to(house, ME), subjects_to(house, MANAGER)
    assert len(mine) == 3
    assert len([subject for subject in mine if subject.startswith("[Test] Weekly sales - ")]) == 1
    assert len([subject for subject in mine if subject.startswith("Weekly sales - ")]) == 1
    assert len(theirs) == 2, "the run, and the files once more"
    assert all(subject.startswith("Weekly sales - ") for subject in theirs)
    reports = [mail for mail in mails(house) if "Weekly sales" in mail.subject]
    assert all(mail.attachments >= 4 for mail in reports)
    assert len(mails(house)) == len(mine) + len(theirs)


@pytest.mark.usefixtures("walked")
def test_the_walk_leaves_nothing_behind(house: Installation) -> None:
    assert not source_file(house).exists()
    with house.signed_in(ME) as api:
        for noun in ("data-sources", "saved-queries", "dashboards", "scheduled-reports", "executions"):
            assert api.get(f"/api/{noun}").json() == [], noun
        assert api.get("/api/email-config").status_code == 404
