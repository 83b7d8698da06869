"""What is known of mail providers."""

from __future__ import annotations

import pytest

from core.mail.presets import PRESETS
from core.mail.smtp_connect import MAIL_PORTS

_CONTRACT = {
    "key",
    "label",
    "smtp_host",
    "smtp_port",
    "use_tls",
    "use_ssl",
    "username_hint",
    "secret_label",
    "help",
}


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_each_preset_can_fill_the_form(preset):
    assert preset.as_dict().keys() >= _CONTRACT
    assert not (preset.use_tls and preset.use_ssl)
    assert preset.use_ssl is (preset.smtp_port in (465, 2465))
    assert all((preset.label, preset.username_hint, preset.secret_label, preset.help))
    if preset.key != "catcher":
        assert {preset.smtp_port, *preset.other_ports} <= MAIL_PORTS | {2587}
        assert preset.use_tls or preset.use_ssl


def test_keys_are_their_own():
    assert len(PRESETS) == 23
    assert all(key == preset.key for key, preset in PRESETS.items())


@pytest.mark.parametrize(("key", "said"), [("microsoft_365", "December 2026"), ("outlook", "no passwords")])
def test_microsoft_accounts_are_warned_about_before_a_password_is_typed(key, said):
    assert said in PRESETS[key].warning


def test_google_accounts_ask_for_an_app_password():
    for key in ("gmail", "google_workspace"):
        assert "App password" in PRESETS[key].secret_label
        assert "2-step verification" in PRESETS[key].warning
