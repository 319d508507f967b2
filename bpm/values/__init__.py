"""What a process variable can be, and its three written forms: database row, search key, HTTP JSON.

Carriers: None, bool, int, Decimal, float, str, date, time, datetime (aware or not), timedelta,
YearsMonthsDuration, list, dict with text keys, FileValue. Exactly these types: a tuple or an enum is
refused, so that what is read back equals what was written. Nothing here knows scopes or instances.
"""

from baton.bpm.values.durations import YearsMonthsDuration
from baton.bpm.values.http import from_json, to_json
from baton.bpm.values.keys import value_key
from baton.bpm.values.limits import DEFAULT_LIMITS, VariableLimits, check_limits
from baton.bpm.values.rows import decode, encode
from baton.bpm.values.showing import CREDENTIALS, NONE_SENSITIVE, SensitiveNames, masked, masked_headers, shown
from baton.bpm.values.types import FileValue, ValueType, type_of

__all__ = [
    "CREDENTIALS",
    "DEFAULT_LIMITS",
    "NONE_SENSITIVE",
    "FileValue",
    "SensitiveNames",
    "ValueType",
    "VariableLimits",
    "YearsMonthsDuration",
    "check_limits",
    "decode",
    "encode",
    "from_json",
    "masked",
    "masked_headers",
    "shown",
    "to_json",
    "type_of",
    "value_key",
]
