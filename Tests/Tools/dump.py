#!/usr/bin/env python3
"""Dumps topics as the oracle reads them (Tests/Oracle/logdump.py says how).

    dump.py --kafka HOST:PORT [--topic-prefix P] [--topics A,B] --out FILE
    dump.py --local DIR       [--topic-prefix P] [--topics A,B] --out FILE
"""

import argparse
import base64
import json
import os
import sqlite3
import struct
import sys

from kafka_reader import Reader

TOPICS = ("mes.execution", "qms.quality", "holdfast.signals", "holdfast.audit", "holdfast.holds",
          "holdfast.gates", "holdfast.deviations", "holdfast.alerts", "holdfast.changes",
          "holdfast.dead-letters")


def _coded(raw):
    return None if raw is None else base64.b64encode(raw).decode()


def row(topic, partition, offset, ms, key, value, headers):
    return json.dumps({
        "topic": topic, "partition": partition, "offset": offset, "timestamp": ms,
        "keyBase64": _coded(key), "valueBase64": _coded(value),
        "headers": [[name, _coded(part)] for name, part in headers]}, separators=(",", ":"))


def from_kafka(bootstrap, prefix, topics, out, settings=()):
    """Returns how many records each topic had."""
    reader, counts = Reader(bootstrap, settings), {}
    try:
        known = reader.topics()
        for topic in topics:
            name, starts = prefix + topic, {}
            for partition in range(known.get(name, 0)):
                low, high = reader.watermarks(name, partition)
                starts[partition] = low
                out.write(json.dumps({"watermarks": {"topic": name, "partition": partition,
                                                     "low": low, "high": high}}) + "\n")
            counts[topic] = 0
            for record in reader.records(name, starts):
                out.write(row(name, *record) + "\n")
                counts[topic] += 1
    finally:
        reader.close()
    return counts


def local_headers(packed):
    """Headers of the local log: count, then name length, value length (-1: null), name, value."""
    out, at = [], 4
    for _ in range(struct.unpack_from("<i", packed)[0] if packed else 0):
        name, value = struct.unpack_from("<ii", packed, at)
        at += 8
        end = at + name + max(0, value)
        out.append((packed[at:at + name].decode(),
                    None if value < 0 else packed[at + name:end]))
        at = end
    return out


def from_local(directory, prefix, topics, out):
    """The same from the embedded log: a file that is only read here."""
    path = os.path.abspath(os.path.join(directory, "log.sqlite"))
    connection, counts = sqlite3.connect("file:%s?mode=ro" % path, uri=True), {}
    connection.execute("BEGIN")  # one snapshot for all topics
    for topic in topics:
        counts[topic] = 0
        for part, number, end in connection.execute(
                "SELECT p.id, p.partition, p.next FROM partitions p JOIN topics t"
                " ON t.id = p.topic WHERE t.name = ? ORDER BY 2", (prefix + topic,)).fetchall():
            low = end
            for offset, ms, key, value, headers in connection.execute(
                    "SELECT offset, time, key, value, headers FROM records_%d ORDER BY 1" % part):
                low = min(low, offset)
                out.write(row(prefix + topic, number, offset, ms, key, value,
                              local_headers(headers)) + "\n")
                counts[topic] += 1
            out.write(json.dumps({"watermarks": {"topic": prefix + topic, "partition": number,
                                                 "low": low, "high": end}}) + "\n")
    connection.close()
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    log = parser.add_mutually_exclusive_group(required=True)
    log.add_argument("--kafka", metavar="HOST:PORT")
    log.add_argument("--local", metavar="DIR")
    parser.add_argument("--topic-prefix", default="")
    parser.add_argument("--topics", default=",".join(TOPICS))
    parser.add_argument("--out", default="-")
    options = parser.parse_args()
    out = sys.stdout if options.out == "-" else open(options.out, "w", encoding="utf-8")
    with out:
        read, place = (from_kafka, options.kafka) if options.kafka else (
            from_local, options.local)
        counts = read(place, options.topic_prefix, options.topics.split(","), out)
    print("dumped: " + ", ".join("%s %d" % item for item in counts.items()), file=sys.stderr)


if __name__ == "__main__":
    main()
