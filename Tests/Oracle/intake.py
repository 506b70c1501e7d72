"""From a record to a checked event or a named refusal, then dedupe (docs/design.md rules 5 and 6).

Where the pages leave the order of two checks or the name of a fault open, a refusal carries every
name that they allow; the first is the likely one.
"""

import base64
import json
import re

from attributes import is_json, unruly
from contract import CONTRACT, subject_of, violation
from facts import (EXTENSIONS, HOUR_US, MES, QMS, RECORD_BYTES_MAX, WINDOW_HOURS, instant,
                   partition_of)


class Number(str):
    """A JSON number as written; never a double."""
    __slots__ = ()


class Refusal:
    __slots__ = ("reasons",)

    def __init__(self, *reasons):
        self.reasons = reasons


class Event:
    __slots__ = ("type", "source", "id", "subject", "time", "at", "data", "ext", "content",
                 "key", "record")

    def cause(self):
        return {"source": self.source, "id": self.id, "type": self.type}


class Malformed(Exception):
    pass


def _object(pairs):
    out = dict(pairs)
    if len(out) != len(pairs):
        raise Malformed("a member name stands twice")
    return out


def _constant(name):
    raise Malformed(name)


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=Number, parse_float=Number,
                            parse_constant=_constant)
_SPACE = re.compile(r"[ \t\n\r]*")
_LONE = re.compile("[\ud800-\udfff]")
_DEPTH_MAX = 32


def _depth(value, level=1):
    if isinstance(value, dict):
        return max([level] + [_depth(v, level + 1) for v in value.values()])
    if isinstance(value, list):
        return max([level] + [_depth(v, level + 1) for v in value])
    return level - 1


def parse(text):
    """The value of a JSON text."""
    try:
        start = _SPACE.match(text).end()
        value, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError) as error:
        raise Malformed(str(error)) from None
    if _SPACE.match(text, end).end() != len(text):
        raise Malformed("something follows the value")
    if text.count("{") + text.count("[") > _DEPTH_MAX and _depth(value) > _DEPTH_MAX:
        raise Malformed("too deep")
    if "\\u" in text and _LONE.search(json.dumps(value, ensure_ascii=False)):
        raise Malformed("half a surrogate pair")
    return value


def member_text(text, wanted):
    """The text of one top-level member of an object that parse() has accepted."""
    at = _SPACE.match(text, _SPACE.match(text).end() + 1).end()
    while text[at] == '"':
        name, at = _DECODER.raw_decode(text, at)
        at = _SPACE.match(text, _SPACE.match(text, at).end() + 1).end()
        _, end = _DECODER.raw_decode(text, at)
        if name == wanted:
            return text[at:end]
        at = _SPACE.match(text, end).end()
        if text[at] == "}":
            return None
        at = _SPACE.match(text, at + 1).end()
    return None


def _attributes(record):
    """(attributes, data value or None, data text) of either mode, or a Refusal."""
    headers = dict(record.headers)
    try:
        text = record.value.decode()
    except UnicodeDecodeError:
        return Refusal("notUtf8", "malformedJson")
    binary = "ce_specversion" in headers
    try:
        value = parse(text)
    except Malformed:
        return Refusal("malformedJson", "contractViolated") if text == "" else Refusal(
            "malformedJson")
    if binary:
        try:
            attrs = {name[3:]: raw.decode() for name, raw in headers.items()
                     if name.startswith("ce_") and raw is not None}
        except UnicodeDecodeError:
            return Refusal("notUtf8", "notACloudEvent")
        return attrs, value, text
    if not isinstance(value, dict):
        return Refusal("notACloudEvent")
    if "data_base64" in value:
        if "data" in value:
            return Refusal("notACloudEvent")
        try:
            data_text = base64.b64decode(value["data_base64"], validate=True).decode()
        except (ValueError, TypeError):
            return Refusal("notACloudEvent", "notUtf8", "contractViolated")
        try:
            return value, parse(data_text), data_text
        except Malformed:
            return Refusal("malformedJson")
    return value, value.get("data"), member_text(text, "data")


def _is_text(value):
    return isinstance(value, str) and not isinstance(value, Number) and value != ""


def decode(record, partitions):
    """The stateless part of intake."""
    if record.value is not None and len(record.value) > RECORD_BYTES_MAX:
        return Refusal("tooLarge")
    if record.key is None:
        return Refusal("keyMissing", "emptyValue", "malformedJson", "notUtf8", "notACloudEvent")
    if record.value is None:
        return Refusal("emptyValue")
    found = _attributes(record)
    if isinstance(found, Refusal):
        return found
    misplaced = partition_of(record.key, partitions) != record.partition
    attrs, data, data_text = found
    if attrs.get("specversion") != "1.0" or not all(
            _is_text(attrs.get(name)) for name in ("id", "source", "type")):
        return Refusal("notACloudEvent")
    if unruly(attrs, Number):
        return Refusal("notACloudEvent", *(["timeUnusable"] if "time" not in attrs else []))
    if instant(attrs.get("time")) is None:
        return Refusal("timeUnusable", *(["wrongPartition"] if misplaced else []))
    kind = attrs["type"]
    if kind not in CONTRACT or not kind.startswith("mes." if record.topic == MES else "qms."):
        return Refusal("unknownType", *(["wrongPartition"] if misplaced else []))
    if misplaced:
        return Refusal("wrongPartition")
    if not is_json(attrs) or violation(kind, data):
        return Refusal("contractViolated")
    if subject_of(kind, data)[1].encode() != record.key:
        return Refusal("wrongKey")
    return _event(record, attrs, data, data_text)


def _event(record, attrs, data, data_text):
    event = Event()
    event.type, event.source, event.id = attrs["type"], attrs["source"], attrs["id"]
    event.time, event.at = attrs["time"], instant(attrs["time"])
    event.data, event.key, event.record = data, record.key.decode(), record
    event.ext = {name: attrs[name] for name in EXTENSIONS if attrs.get(name) is not None}
    event.content = hash((event.type, attrs.get("subject"), event.time, data_text))
    return event


class Duplicate:
    __slots__ = ()


DUPLICATE = Duplicate()


def read_partition(records, partitions):
    """Sets every record's verdict: an Event, a Refusal or DUPLICATE. In offset order (rule 6)."""
    clock = 0
    seen = {}  # (source, id) -> [content, bucket of the latest sighting]
    for record in records:
        clock = max(clock, record.at)
        verdict = decode(record, partitions)
        if isinstance(verdict, Event):
            name = (verdict.source, verdict.id)
            known = seen.get(name)
            oldest = clock // HOUR_US - WINDOW_HOURS
            if known is None or known[1] < oldest:
                seen[name] = [verdict.content, record.at // HOUR_US]
            elif known[0] == verdict.content:
                known[1] = max(known[1], record.at // HOUR_US)
                verdict = DUPLICATE
            else:
                verdict = Refusal("identityConflict")
        record.verdict = verdict


def read_all(dump, partitions):
    for (topic, _), records in sorted(dump.parts.items()):
        if topic in (MES, QMS):
            read_partition(records, partitions)
