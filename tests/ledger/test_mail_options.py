"""What a report says about its mails: one conversation or many, a dark chart or none, how long links work."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock
from core.database import read_scope, session_scope
from core.models import EmailConfiguration, GeneratedFile, ReportExecution, ScheduledReport
from core.services import deliveries, mailer, test_runs
from core.services.supervisor import supervise
from core.settings import get_settings
from tests.ledger import house

pytestmark = pytest.mark.usefixtures("database")
NOISE = (
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 4000) "
    "SELECT hex(randomblob(200)) AS words FROM c"
)


@pytest.fixture
def server(alice, smtp_server):
    running = smtp_server(size=1_000_000)
    house.add_account(alice, port=running.port)
    with session_scope() as session:
        session.query(EmailConfiguration).one().max_message_bytes = 1_000_000
    return running


def run(alice, report_id):
    execution_id = house.queue_run(alice, report_id)
    supervise(house.claim(execution_id), house.InlineChild)
    mailer.deliver(execution_id)
    return execution_id


def pictures(message) -> list[str]:
    return [part["Content-ID"] for part in message.walk() if part.get_content_maintype() == "image"]


def html_of(message) -> str:
    return message.get_body(("html",)).get_content()


def test_runs_are_conversations_of_their_own_unless_asked(alice, source_url, server):
    run(alice, house.add_report(alice, source_url))
    [mail] = server.received
    assert (mail.message["References"], mail.message["In-Reply-To"]) == (None, None)
    assert mail.message["X-Entity-Ref-ID"]


def test_all_mails_of_a_report_are_one_conversation_when_asked(alice, source_url, server):
    report_id = house.add_report(alice, source_url, keep_thread=True)
    first, _second = run(alice, report_id), run(alice, report_id)
    with session_scope() as session:
        deliveries.resend_execution(session, actor=alice, execution_id=first)
    mailer.deliver(first)
    assert test_runs.run_test(actor=alice, report_id=report_id, start_child=house.InlineChild).success
    messages = [mail.message for mail in server.received]
    assert len(messages) == 4
    assert len({message["Message-ID"] for message in messages}) == 4
    thread = f"<report-{report_id}.thread@example.test>"
    assert {(message["References"], message["In-Reply-To"]) for message in messages} == {(thread, thread)}
    # It is there to keep runs apart.
    assert {message["X-Entity-Ref-ID"] for message in messages} == {None}


def test_a_conversation_has_one_subject_unless_somebody_wrote_one(alice, source_url, server):
    run(alice, house.add_report(alice, source_url, keep_thread=True))
    run(alice, house.add_report(alice, source_url, keep_thread=True, email_subject="Sales {{ date }}"))
    assert server.received[0].message["Subject"] == "Daily sales"
    assert server.received[1].message["Subject"].startswith("Sales 20")


def test_two_reports_are_two_conversations(alice, source_url, server):
    for _ in range(2):
        run(alice, house.add_report(alice, source_url, keep_thread=True))
    assert len({mail.message["References"] for mail in server.received}) == 2


def test_a_chart_comes_in_light_and_dark(alice, source_url, server):
    run(alice, house.add_report(alice, source_url))
    message = server.received[0].message
    assert pictures(message) == ["<chart-1-light>", "<chart-1-dark>"]
    assert 'class="lt"' in html_of(message)


def test_without_the_dark_chart_the_light_one_is_all_there_is(alice, source_url, server):
    run(alice, house.add_report(alice, source_url, dark_chart=False))
    message = server.received[0].message
    html = html_of(message)
    assert pictures(message) == ["<chart-1-light>"]
    assert html.count("<img") == 1
    # What hides the light picture in the dark must not be at it, nor at the colours of its legend.
    assert not any(word in html for word in ("chart-1-dark", 'class="lt"', 'class="dk"', "<picture", 'class="s0"'))


def linked_until(execution_id):
    with read_scope() as session:
        return session.query(GeneratedFile.linked_until).filter_by(execution_id=execution_id, format="csv").scalar()


@pytest.mark.parametrize(
    ("own", "kept", "days"),
    [(None, None, 7), (3, None, 3), (21, None, 21), (90, None, 30), (21, 5, 5), (None, 2, 2)],
)
def test_a_link_lives_as_long_as_the_report_says_and_no_longer_than_the_run(alice, source_url, server, own, kept, days):
    report_id = house.add_report(alice, source_url, sql=NOISE, link_days=own)
    with session_scope() as session:
        session.get(ScheduledReport, report_id).retention_days = kept
    assert (get_settings().link_days, get_settings().retention_days) == (7, 30)
    ends = linked_until(run(alice, report_id))
    assert ends.date() == clock.now().date() + timedelta(days=days + 1)
    last = ends.date() - timedelta(days=1)
    text = " ".join(server.received[0].message.get_body(("plain",)).get_content().split())
    assert f"until the end of {last.day} {last:%b %Y} (UTC)" in text


def test_a_run_of_a_version_without_these_settings_is_sent_as_before(alice, source_url, server):
    report_id = house.add_report(alice, source_url, keep_thread=True, dark_chart=False, tags=["sales"])
    execution_id = house.queue_run(alice, report_id)
    new = {"tags", "keep_thread", "dark_chart", "link_days", "failure_subject", "failure_body"}
    with session_scope() as session:
        row = session.get(ReportExecution, execution_id)
        row.snapshot = {name: value for name, value in row.snapshot.items() if name not in new}
    supervise(house.claim(execution_id), house.InlineChild)
    mailer.deliver(execution_id)
    message = server.received[0].message
    assert (message["References"], len(pictures(message))) == (None, 2)
