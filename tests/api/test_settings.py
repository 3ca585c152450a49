"""What the environment says, and what is said when it says something else."""

from pathlib import Path

import pytest

from api.settings import SettingRefused, Settings, read_settings

HOME = Path("/somewhere/meritbook")


def test_nothing_set_is_a_ledger_in_the_default_home_on_the_loopback_address() -> None:
    settings = read_settings({"PATH": "/bin"}, HOME)
    assert (settings.home, settings.ledger, settings.host, settings.port) == (HOME, "main", "127.0.0.1", 8000)
    assert settings.database_url is None


def test_each_variable_is_a_field_in_capitals() -> None:
    settings = read_settings(
        {
            "MERITBOOK_HOME": "~/ledger",
            "MERITBOOK_DATABASE_URL": "postgresql://service@db/meritbook",
            "MERITBOOK_OWNER_URL": "postgresql://owner@db/meritbook",
            "MERITBOOK_PORT": "0",
            "MERITBOOK_LOG": "json",
            "MERITBOOK_TEST_DATABASE_URL": "belongs to the tests",
            "MERITBOOK_LEDGER": "",
        },
        HOME,
    )
    assert settings.home == Path("~/ledger").expanduser()
    assert (settings.port, settings.log, settings.ledger) == (0, "json", "main")
    assert settings.owner_url == "postgresql://owner@db/meritbook"


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("MERITBOOK_PORT", "eighty", "MERITBOOK_PORT: Expected `int`"),
        ("MERITBOOK_PORT", "70000", "Set it to 0 … 65535"),
        ("MERITBOOK_LOG", "xml", "MERITBOOK_LOG: Invalid enum value 'xml'"),
        ("MERITBOOK_PROT", "8000", "Did you mean MERITBOOK_PORT?"),
        ("MERITBOOK_LEDGER", "Main Ledger", "small letters"),
        ("MERITBOOK_DATABASE_URL", "mysql://db", "postgresql://user:password@host"),
        ("MERITBOOK_OWNER_URL", "postgresql://owner@db/x", "MERITBOOK_DATABASE_URL is not"),
        ("MERITBOOK_BATCH_BYTES", "1", "MERITBOOK_BATCH_BYTES"),
    ],
)
def test_an_unusable_variable_is_named_with_a_remedy(variable: str, value: str, said: str) -> None:
    with pytest.raises(SettingRefused) as refused:
        read_settings({variable: value}, HOME)
    assert said in str(refused.value)
    assert variable in str(refused.value)


def test_a_password_is_never_shown() -> None:
    settings = Settings(home=HOME, database_url="postgresql://u:secret@db/x")
    assert "secret" not in repr(settings)
    with pytest.raises(SettingRefused) as refused:
        read_settings({"MERITBOOK_DATABASE_URL": "u:secret@db/x"}, HOME)
    assert "secret" not in str(refused.value)
