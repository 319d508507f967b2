"""Times and cursors as the API writes them."""

from datetime import UTC, datetime, timedelta, timezone

from baton.app.api import audit_events, shapes


def test_times_are_utc_with_milliseconds():
    moment = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))

    assert shapes.time_text(moment) == "2026-01-01T10:00:00.123Z"


def test_a_full_second_has_its_milliseconds_too():
    assert shapes.time_text(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00.000Z"


def test_ids_in_data_become_text_and_names_camel_case():
    data = {"token_id": 2**62, "scope_id": 5, "retries": 3, "old_value": 1}

    assert audit_events.ids_as_text(data) == {"tokenId": str(2**62), "scopeId": "5", "retries": 3, "oldValue": 1}
