#!/usr/bin/env python3
"""Dumps topics as the oracle reads them (Tests/Oracle/logdump.py says how).

    dump.py --kafka HOST:PORT [--topic-prefix P] [--topics A,B] --out FILE
"""

import argparse
import base64
import json
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kafka", required=True, metavar="HOST:PORT")
    parser.add_argument("--topic-prefix", default="")
    parser.add_argument("--topics", default=",".join(TOPICS))
    parser.add_argument("--out", default="-")
    options = parser.parse_args()
    out = sys.stdout if options.out == "-" else open(options.out, "w", encoding="utf-8")
    with out:
        counts = from_kafka(options.kafka, options.topic_prefix, options.topics.split(","), out)
    print("dumped: " + ", ".join("%s %d" % item for item in counts.items()), file=sys.stderr)


if __name__ == "__main__":
    main()
