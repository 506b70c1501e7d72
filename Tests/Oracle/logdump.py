"""Reads dumps of topics: one JSON object a line.

    {"topic","partition","offset","timestamp"(ms), "key","keyBase64","value","valueBase64",
     "headers":[[name, base64|null], ...]}

`valueBase64`/`keyBase64` (bytes) win over `value`/`key` (text); null or absent is a null. A log
whose append times are finer than milliseconds adds `timestampMicros`. A line {"watermarks":
{"topic","partition","low","high"}} says where a partition begins; without one it begins at 0.
"""

import base64
import json
import sys


class Record:
    """A record as a read_committed consumer sees it; `at` is its append time in microseconds."""

    __slots__ = ("topic", "partition", "offset", "at", "key", "value", "headers", "verdict")

    def __init__(self, topic, partition, offset, at, key, value, headers=()):
        self.topic, self.partition, self.offset, self.at = topic, partition, offset, at
        self.key, self.value, self.headers = key, value, headers
        self.verdict = None

    def place(self):
        return "%s/%d@%d" % (self.topic, self.partition, self.offset)


def _bytes(row, name):
    coded = row.get(name + "Base64")
    if coded is not None:
        return base64.b64decode(coded)
    text = row.get(name)
    return None if text is None else text.encode()


class Dump:
    """All records by topic and partition, in the order of their offsets."""

    def __init__(self):
        self.parts = {}
        self.low = {}
        self.high = {}

    def add(self, record):
        self.parts.setdefault((record.topic, record.partition), []).append(record)

    def add_line(self, line, prefix=""):
        row = json.loads(line)
        marks = row.get("watermarks")
        if marks:
            place = (marks["topic"][len(prefix):], marks["partition"])
            self.low[place], self.high[place] = marks["low"], marks.get("high")
            return
        micros = row.get("timestampMicros")
        headers = tuple((name, None if value is None else base64.b64decode(value))
                        for name, value in row.get("headers") or ())
        self.add(Record(
            row["topic"][len(prefix):], row["partition"], row["offset"],
            row["timestamp"] * 1000 if micros is None else micros,
            _bytes(row, "key"), _bytes(row, "value"), headers))

    def finish(self):
        for records in self.parts.values():
            records.sort(key=lambda record: record.offset)
        return self

    def partition(self, topic, number):
        return self.parts.get((topic, number), [])

    def topic(self, topic):
        for (name, _), records in sorted(self.parts.items()):
            if name == topic:
                yield from records

    def repeated(self):
        """Places that the dump shows twice: then the dump itself cannot be trusted."""
        for records in self.parts.values():
            for one, two in zip(records, records[1:]):
                if one.offset == two.offset:
                    yield two


def load(paths, prefix=""):
    dump = Dump()
    for path in paths:
        stream = sys.stdin if path == "-" else open(path, encoding="utf-8")
        with stream:
            for line in stream:
                if line.strip():
                    dump.add_line(line, prefix)
    return dump.finish()
