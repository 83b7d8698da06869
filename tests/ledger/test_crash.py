"""kill -9 and stopped processes at random moments: nothing is lost, nothing is done twice."""

from __future__ import annotations

import pytest

from core.settings import get_settings
from tests.ledger.crash import crash


@pytest.mark.slow
@pytest.mark.usefixtures("database")
def test_workers_that_are_killed_at_random_lose_no_run_and_send_no_mail_twice(alice, source_url, tmp_path, monkeypatch):
    monkeypatch.setenv("ROOSTER_MAX_MAILS_PER_DAY", "100000")
    get_settings.cache_clear()
    log = tmp_path / "workers.log"
    outcome = crash(alice, source_url, slots=20, reports=10, workers=4, kills=5, log=log)
    assert outcome.faults == {}, (outcome, log.read_text()[-4000:])
    assert outcome.slots == 20
    assert outcome.kills >= 5
