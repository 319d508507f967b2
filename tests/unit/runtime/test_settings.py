"""Settings come from the environment once; what cannot work is named."""

from __future__ import annotations

import pytest

from baton.bpm.errors import ConfigurationError
from baton.bpm.settings import Settings, read_settings


def test_an_empty_environment_gives_the_defaults() -> None:
    assert read_settings({}) == Settings()


def test_variables_are_read_by_name_and_type() -> None:
    settings = read_settings(
        {"BATON_PORT": "9090", "BATON_DATABASE_URL": "postgresql://u@h/d", "BATON_TIME_ZONE": "Europe/Berlin"}
    )

    assert (settings.port, settings.database_url, settings.zone.key) == (9090, "postgresql://u@h/d", "Europe/Berlin")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("BATON_PORT", "x", "Config 'BATON_PORT' has value 'x': not a valid integer."),
        ("BATON_PORT", "70000", "Config 'BATON_PORT' has value '70000': not between 0 and 65535."),
        ("BATON_THREADS", "0", "Config 'BATON_THREADS' has value '0': less than 1."),
        ("BATON_TIME_ZONE", "Mars", "Config 'BATON_TIME_ZONE' has value 'Mars': not a known time zone"),
        ("BATON_DATABASE_URL", "mysql://u:secret@h/d", "names the database kind 'mysql'"),
    ],
)
def test_a_value_that_cannot_work_is_named(name: str, value: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_settings({name: value})

    assert message in caught.value.message
    assert "secret" not in caught.value.message


def test_python_is_trusted_only_by_the_word_true() -> None:
    assert read_settings({}).trusted_python is False
    assert read_settings({"BATON_TRUSTED_PYTHON": "True"}).trusted_python is True
    with pytest.raises(ConfigurationError, match="BATON_TRUSTED_PYTHON"):
        read_settings({"BATON_TRUSTED_PYTHON": "yes"})
