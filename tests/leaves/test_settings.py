"""Settings are read once and refused loudly when they are wrong."""

from __future__ import annotations

import stat

import pytest

from core.errors import SettingsError
from core.settings import create_secret_key, load_settings


@pytest.mark.usefixtures("settings")
class TestSettings:
    def test_a_fresh_checkout_needs_none(self, settings):
        assert settings.database == f"sqlite:///{settings.data_path / 'rooster.db'}"
        assert settings.queue == f"sqlite:///{settings.data_path / 'queue.db'}"
        assert settings.storage_path == settings.data_path / "exports"
        assert settings.base_url == "http://localhost:8501"

    def test_the_printed_address_follows_the_port(self, monkeypatch):
        monkeypatch.setenv("ROOSTER_PORT", "8611")
        assert load_settings().base_url == "http://localhost:8611"

    @pytest.mark.parametrize(
        ("variable", "value", "words"),
        [
            ("ROOSTER_DATABASE_URL", "mysql://u:secret@h/db", ["sqlite://", "postgresql://"]),
            ("ROOSTER_QUEUE_URL", "amqp://h", ["redis://"]),
            ("ROOSTER_PORT", "web", ["integer"]),
            ("ROOSTER_PORT", "70000", ["65535"]),
            ("ROOSTER_BASE_URL", "reports.example.com", ["https://reports.example.com"]),
            ("ROOSTER_SAMPLE", "perhaps", ["boolean"]),
            ("ROOSTER_STORAGE_URL", "s3://bucket/prefix", ["folder"]),
        ],
    )
    def test_a_wrong_value_names_the_variable_and_what_is_accepted(self, monkeypatch, variable, value, words):
        monkeypatch.setenv(variable, value)
        with pytest.raises(SettingsError) as caught:
            load_settings()
        assert variable in caught.value.message
        assert all(word in caught.value.message for word in words), caught.value.message
        assert "secret" not in caught.value.message

    def test_any_value_can_come_from_a_file(self, monkeypatch, tmp_path):
        (tmp_path / "url").write_text("postgresql://db/rooster\n")
        monkeypatch.setenv("ROOSTER_DATABASE_URL_FILE", str(tmp_path / "url"))
        assert load_settings().database == "postgresql://db/rooster"

    def test_a_value_and_its_file_together_are_refused(self, monkeypatch, tmp_path):
        monkeypatch.setenv("ROOSTER_SECRET_KEY", "one")
        monkeypatch.setenv("ROOSTER_SECRET_KEY_FILE", str(tmp_path / "key"))
        with pytest.raises(SettingsError, match="not both"):
            load_settings()

    def test_a_file_that_is_not_there_is_named(self, monkeypatch):
        monkeypatch.setenv("ROOSTER_ADMIN_PASSWORD_FILE", "/nowhere/password")
        with pytest.raises(SettingsError, match="/nowhere/password"):
            load_settings()

    def test_the_secret_key_is_made_once_for_its_owner_alone(self, settings):
        first = settings.secret_key_path.read_text()
        assert not create_secret_key(settings)
        assert settings.secret_key_path.read_text() == first
        assert stat.S_IMODE(settings.secret_key_path.stat().st_mode) == 0o600

    def test_a_key_that_others_can_read_is_refused_with_the_command_to_run(self, settings):
        settings.secret_key_path.chmod(0o644)
        with pytest.raises(SettingsError, match="chmod 600"):
            settings.key_secrets()

    def test_a_missing_key_says_how_to_make_one(self, settings):
        settings.secret_key_path.unlink()
        with pytest.raises(SettingsError, match="script/setup"):
            settings.key_secrets()

    @pytest.mark.parametrize(("host", "local"), [("127.0.0.1", True), ("localhost", True), ("192.0.2.7", False)])
    def test_it_knows_when_others_can_reach_it(self, host, local):
        assert load_settings(host=host).listens_on_loopback is local
