"""Data sources, mail accounts, the outbox and one's own account."""

from __future__ import annotations

import pytest

from core import clock
from core.database import read_scope
from core.mail.outbox import Outbox
from core.schemas.accounts import Actor
from core.services import accounts, email_configurations
from core.settings import Settings
from tests.factories import make_data_source, make_email_config, make_query_report
from tests.fixtures_database import PASSWORD
from tests.pages.conftest import Open, words

MAIL = b"From: reports@example.test\r\nTo: dana@example.test\r\nSubject: Monday <b>numbers</b>\r\n\r\nHello Dana"


def test_a_source_is_tested_and_the_result_stays(alice: Actor, source_url: str, open_page: Open) -> None:
    source = make_data_source(alice, url=source_url)
    page = open_page(alice, "pages/data_sources.py")
    assert "Not tested" in words(page)
    page.menu_button(key=f"source-{source.id}").click("Test").run()
    assert "Reachable" in words(page)


def test_a_source_in_use_is_not_deleted_and_its_users_are_named(alice: Actor, source_url: str, open_page: Open) -> None:
    make_query_report(alice, url=source_url)
    page = open_page(alice, "pages/data_sources.py")
    page.menu_button[0].click("Delete").run()
    page.button(key="confirm-yes").click().run()
    assert "Sales by region" in page.error[0].value
    assert "Shop" in words(page)


def test_a_saved_password_is_never_shown(alice: Actor, open_page: Open) -> None:
    make_email_config(alice, smtp_username="reports", smtp_password="hunter2-hunter2", smtp_host="localhost")
    page = open_page(alice, "pages/email_settings.py")
    assert not page.exception
    assert "hunter2" not in str(page.main)
    assert page.text_input(key="mail-own-password-0").value == ""


def test_saving_without_a_password_keeps_the_saved_one(alice: Actor, open_page: Open) -> None:
    make_email_config(alice, smtp_username="reports", smtp_password="hunter2-hunter2", smtp_host="localhost")
    page = open_page(alice, "pages/email_settings.py")
    page.text_input(key="mail-own-from-name").set_value("The numbers").run()
    page.button(key="mail-own-save").click().run()
    with read_scope() as session:
        saved = email_configurations.find_email_config(session, actor=alice)
        account, _ = email_configurations.account_for(session, alice.id)
    assert saved is not None
    assert (saved.from_name, saved.has_password) == ("The numbers", True)
    assert account.password == "hunter2-hunter2"


def test_a_provider_fills_in_the_form_and_warns(alice: Actor, open_page: Open) -> None:
    page = open_page(alice, "pages/email_settings.py")
    page.selectbox(key="mail-own-preset").set_value("microsoft_365").run()
    assert page.text_input(key="mail-own-host").value == "smtp.office365.com"
    assert page.number_input(key="mail-own-port").value == 587
    assert "SMTP AUTH" in words(page)


def test_only_administrators_reach_the_workspace_account(alice: Actor, admin: Actor, open_page: Open) -> None:
    assert not open_page(alice, "pages/email_settings.py").segmented_control
    page = open_page(admin, "pages/email_settings.py")
    page.segmented_control(key="account").set_value("Workspace account").run()
    assert "No account yet" in words(page)


@pytest.fixture
def mail_id(settings: Settings) -> str:
    outbox = Outbox(settings.outbox_path)
    return outbox.add(MAIL, sender="reports@example.test", recipients=["dana@example.test"], at=clock.now())


@pytest.mark.usefixtures("mail_id")
def test_the_outbox_is_read_like_mail(alice: Actor, open_page: Open) -> None:
    page = open_page(alice, "pages/outbox.py")
    assert not page.exception
    assert "Monday <b>numbers</b>" in words(page)
    assert page.code[0].value == "Hello Dana"


@pytest.mark.usefixtures("mail_id")
def test_only_administrators_clear_the_outbox(alice: Actor, admin: Actor, settings: Settings, open_page: Open) -> None:
    assert "Clear" not in [button.label for button in open_page(alice, "pages/outbox.py").button]
    page = open_page(admin, "pages/outbox.py")
    next(button for button in page.button if button.label == "Clear").click().run()
    page.button(key="confirm-yes").click().run()
    assert Outbox(settings.outbox_path).count() == 0


def test_a_password_is_changed_only_with_the_present_one(alice: Actor, open_page: Open) -> None:
    page = open_page(alice, "pages/account.py")
    present, fresh, again = (field for field in page.text_input if "assword" in field.label)
    present.set_value("wrong wrong wrong")
    fresh.set_value("a new long password")
    again.set_value("a new long password")
    next(button for button in page.button if button.label == "Change password").click().run()
    assert "The present password is wrong." in words(page)
    with read_scope() as session:
        assert accounts.get_user(session, actor=alice, user_id=alice.id).email == alice.email
    assert PASSWORD != "a new long password"
