"""The tools' own tests: what they generate is repeatable and right, what they dump is exact."""

import base64
import collections
import io
import json
import os
import sqlite3
import struct
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "Oracle")]

import dump
import generate
import intake
import logdump
from facts import partition_of


def log_of(count, partitions=4):
    """The oracle's view of a generated plant, appended in one go."""
    log, ends = logdump.Dump(), collections.Counter()
    for topic, key, value, _ in generate.events(count, seed=7):
        part = 0 if key is None else partition_of(key, partitions)
        log.add(logdump.Record(topic, part, ends[topic, part], 1_767_592_800_000_000, key, value))
        ends[topic, part] += 1
    intake.read_all(log.finish(), partitions)
    return log


class GenerateTests(unittest.TestCase):
    def test_the_same_seed_gives_the_same_bytes(self):
        self.assertEqual(list(generate.events(2000, 3)), list(generate.events(2000, 3)))
        self.assertNotEqual(list(generate.events(2000, 3)), list(generate.events(2000, 4)))

    def test_the_mix_is_what_it_says_and_every_event_keeps_its_contract(self):
        found = collections.Counter()
        for topic in ("mes.execution", "qms.quality"):
            for record in log_of(20_000).topic(topic):
                verdict = record.verdict
                found[verdict.type if isinstance(verdict, intake.Event) else
                      verdict.reasons[0] if isinstance(verdict, intake.Refusal) else "dup"] += 1
        failures = sum(found[name] for name in (
            "mes.stepFailed.v1", "mes.limitExceeded.v1", "mes.misScanDetected.v1",
            "mes.interlockViolated.v1"))
        self.assertAlmostEqual(failures / 20_000, 0.02, delta=0.004)
        self.assertAlmostEqual(found["dup"] / 20_000, 0.05, delta=0.006)
        for name in ("identityConflict", "malformedJson", "wrongKey", "unknownType",
                     "qms.holdRequested.v1", "qms.holdReleaseApproved.v1",
                     "qms.changeApproved.v1", "qms.changeCancelled.v1"):
            self.assertGreater(found[name], 0, name)

    def test_an_event_has_the_size_that_was_measured_with(self):
        sizes = [len(value) for _, _, value, raw in generate.events(2000, 5) if value and not raw]
        self.assertAlmostEqual(sum(sizes) / len(sizes), 590, delta=40)


class DumpTests(unittest.TestCase):
    def test_a_local_log_is_dumped_with_exact_bytes_and_headers(self):
        headers = struct.pack("<i", 2) + struct.pack("<ii", 1, 2) + b"a\xff\x00" + struct.pack(
            "<ii", 1, -1) + b"b"
        with tempfile.TemporaryDirectory() as folder:
            log = sqlite3.connect(os.path.join(folder, "log.sqlite"))
            log.executescript(
                "CREATE TABLE topics (id, name); CREATE TABLE partitions (id, topic, partition,"
                " next); CREATE TABLE records_9 (offset, time, key, value, headers);"
                "INSERT INTO topics VALUES (1, 'mes.execution');"
                "INSERT INTO partitions VALUES (9, 1, 2, 6)")
            log.execute("INSERT INTO records_9 VALUES (5, 17, ?, NULL, ?)", (b"\xfe", headers))
            log.commit()
            log.close()
            out = io.StringIO()
            self.assertEqual(dump.from_local(folder, "", ["mes.execution"], out),
                             {"mes.execution": 1})
        one, marks = [json.loads(line) for line in out.getvalue().splitlines()]
        self.assertEqual(marks["watermarks"], {"topic": "mes.execution", "partition": 2,
                                               "low": 5, "high": 6})
        self.assertEqual((one["offset"], one["timestamp"], one["valueBase64"]), (5, 17, None))
        self.assertEqual(base64.b64decode(one["keyBase64"]), b"\xfe")
        self.assertEqual(one["headers"], [["a", base64.b64encode(b"\xff\x00").decode()],
                                          ["b", None]])


if __name__ == "__main__":
    unittest.main()
