"""The small facts that the design pages fix: ids, partitioner, instants, percent-encoding.

Written from docs/design.md and the catalogue alone; shares no code with the worker, so that an
error of the worker cannot repeat itself here.
"""

import hashlib
import re

MES, QMS, SIGNALS = "mes.execution", "qms.quality", "holdfast.signals"
AUDIT, HOLDS, GATES = "holdfast.audit", "holdfast.holds", "holdfast.gates"
DEVIATIONS, ALERTS = "holdfast.deviations", "holdfast.alerts"
CHANGES, DEAD = "holdfast.changes", "holdfast.dead-letters"
OUTPUTS = (HOLDS, GATES, DEVIATIONS, ALERTS, CHANGES)

#: The rows of the table of topics: they break ties of equal append times (rule 1).
ROW = {MES: 0, QMS: 1, SIGNALS: 3}

EXTENSIONS = ("partitionkey", "sequence", "traceparent", "tracestate", "correlationid",
              "causationid", "recordedtime", "authid", "dataref")
SEVERITY = {"minor": 0, "major": 1, "critical": 2}

HOUR_US = 3_600_000_000
GAP_US = 30 * 60 * 1_000_000
SPAN_US = 24 * HOUR_US
MEMBERS_MAX = 10_000
GROUP_RETENTION_US = 24 * HOUR_US
WINDOW_HOURS = 24
RECORD_BYTES_MAX = 1_048_576
LISTED_HOLDS_MAX = 100


def murmur2(data):
    """Kafka's murmur2 (Java's default partitioner), as an unsigned 32-bit number."""
    mask, m = 0xFFFFFFFF, 0x5BD1E995
    length = len(data)
    h = (0x9747B28C ^ length) & mask
    full = length & ~3
    for at in range(0, full, 4):
        k = int.from_bytes(data[at:at + 4], "little")
        k = (k * m) & mask
        k ^= k >> 24
        h = ((h * m) & mask) ^ ((k * m) & mask)
    rest = data[full:]
    if rest:
        h ^= int.from_bytes(rest, "little")
        h = (h * m) & mask
    h ^= h >> 13
    h = (h * m) & mask
    return h ^ (h >> 15)


def partition_of(key, count):
    return (murmur2(key) & 0x7FFFFFFF) % count


def event_id(kind, source, cause_id, rule, subject_type, subject_id):
    """Rule 4."""
    digest = hashlib.sha256()
    for part in (kind, source, cause_id, rule, subject_type, subject_id):
        raw = part.encode()
        digest.update(len(raw).to_bytes(4, "big") + raw)
    return digest.hexdigest()[:32]


_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def percent(text):
    """Percent-encoding of everything but RFC 3986's unreserved characters."""
    return "".join(chr(b) if b in _UNRESERVED else "%%%02X" % b for b in text.encode())


_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))",
    re.ASCII)
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _day_number(year, month, day):
    """Days since 1970-01-01 in the proleptic Gregorian calendar."""
    year -= month <= 2
    era = year // 400
    yoe = year - era * 400
    doy = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + yoe * 365 + yoe // 4 - yoe // 100 + doy - 719_468


def instant(text):
    """Microseconds since 1970 of an RFC 3339 date-time; None when it is none."""
    match = _RFC3339.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(match.group(i)) for i in range(1, 7))
    if not 1 <= month <= 12 or hour > 23 or minute > 59 or second > 60:
        return None
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= day <= _MONTH_DAYS[month - 1] + (leap and month == 2):
        return None
    micros = int(((match.group(7) or "") + "000000")[:6])
    minutes = hour * 60 + minute
    if match.group(8):
        off_hours, off_minutes = int(match.group(9)), int(match.group(10))
        if off_hours > 23 or off_minutes > 59:
            return None
        minutes -= (1 if match.group(8) == "+" else -1) * (off_hours * 60 + off_minutes)
    if second == 60:
        if minutes % 1440 != 1439:
            return None
        second, micros = 59, 999_999
    seconds = _day_number(year, month, day) * 86_400 + minutes * 60 + second
    return seconds * 1_000_000 + micros


def show_instant(micros):
    """An instant as our own records write it: UTC with milliseconds."""
    import datetime
    base = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=micros)
    return base.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (base.microsecond // 1000)
