"""Mail accounts and alerts: what is refused, and what never comes back."""

from __future__ import annotations

from uuid import uuid4

import pytest
from pydantic import ValidationError

from core.schemas.alert import AlertCreate
from core.schemas.email_config import EmailConfigCreate, EmailConfigResponse
from core.schemas.refusals import first_error

ACCOUNT = {"smtp_host": "smtp.example.com", "smtp_port": 587, "from_email": "reports@example.com"}
ALERT = {
    "name": "Too late",
    "saved_query_id": str(uuid4()),
    "column": "delay",
    "operator": "gt",
    "threshold": 15,
    "recipients": ["dana@example.com"],
}


def refusal(schema, values) -> str:
    with pytest.raises(ValidationError) as caught:
        schema.model_validate(values)
    return first_error(caught.value).message


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"smtp_port": 0}, ["smtp_port", "1"]),
        ({"smtp_port": 65536}, ["smtp_port", "65535"]),
        ({"use_tls": True, "use_ssl": True}, ["not both", "587", "465"]),
        ({"from_email": "reports"}, ["from_email", "not a valid e-mail address"]),
        ({"smtp_host": "http://smtp.example.com"}, ["smtp_host", "not a host name"]),
        ({"smtp_host": ""}, ["smtp_host", "not a host name"]),
        ({"password": "x"}, ["password", "no such field"]),
    ],
)
def test_an_account_that_cannot_work_is_refused(changes, words):
    message = refusal(EmailConfigCreate, ACCOUNT | changes)
    assert all(word in message for word in words), message


def test_starttls_is_the_default_and_an_empty_user_means_no_login():
    account = EmailConfigCreate.model_validate(ACCOUNT)
    assert account.use_tls
    assert not account.use_ssl
    assert account.smtp_username == ""


def test_no_answer_has_a_field_for_the_password():
    assert not [name for name in EmailConfigResponse.model_fields if "password" in name and name != "has_password"]


def test_an_alert_has_a_condition_and_somebody_to_tell():
    alert = AlertCreate.model_validate(ALERT)
    assert (alert.operator, alert.threshold, alert.grace_minutes) == ("gt", 15.0, 0)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"operator": ">"}, ["operator", "'gt'"]),
        ({"recipients": []}, ["recipients"]),
        ({"threshold": "high"}, ["threshold"]),
        ({"repeat_minutes": 10, "grace_minutes": 60}, ["repeat_minutes", "grace_minutes"]),
        ({"sound": True}, ["sound", "no such field"]),
    ],
)
def test_an_alert_without_sense_is_refused(changes, words):
    message = refusal(AlertCreate, ALERT | changes)
    assert all(word in message for word in words), message
