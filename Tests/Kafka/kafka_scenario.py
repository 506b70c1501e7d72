"""The whole scenario on the newest Kafka, by independent clients; then everything decided again."""

import json
import os
import re
import shutil
import sqlite3
import unittest

import core
import dump
import plant


class Scenario(unittest.TestCase):
    """One site; its tests build on each other in the order of their names."""

    @classmethod
    def setUpClass(cls):
        cls.site = plant.Site(plant.broker()).make_topics("--partitions", "4")

    def _console_producer(self, *records):
        lines = "".join("%s\t%s\n" % record for record in records)
        plant.tool(self.site.cluster, "console-producer", "--topic",
                   self.site.prefix + "mes.execution", "--property", "parse.key=true", text=lines)

    def test_1_what_kafkas_own_tools_and_kcat_write_comes_out_literally(self):
        core.run(self, self.site, self._console_producer)

    def test_2_kafkas_own_consumer_reads_what_kcat_reads(self):
        for topic in ("holdfast.holds", "holdfast.alerts"):
            wanted = sorted((str(p), key, value) for p, _, key, value in self.site.read(topic))
            self.assertTrue(wanted)
            out = plant.tool(
                self.site.cluster, "console-consumer", "--topic", self.site.prefix + topic,
                "--from-beginning", "--isolation-level", "read_committed", "--timeout-ms",
                "30000", "--max-messages", str(len(wanted)),
                "--property", "print.key=true", "--property", "print.partition=true")
            rows = sorted(re.findall(r"^Partition:(\d+)\t(.*?)\t(.*)$", out, re.M))
            self.assertEqual(rows, wanted)

    def test_3_the_oracle_agrees(self):
        judged = self.site.oracle()
        self.assertEqual(judged.code, 0, judged)

    def test_4_decided_again_on_kafka_and_on_a_copy_the_outputs_are_the_same_bytes(self):
        direct = self.site.verify()
        self.assertEqual(direct.code, 0, direct)
        copy = os.path.join(self.site.directory, "copy")
        done = plant.holdfast("copy", copy, *self.site.log())
        self.assertEqual(done.code, 0, done)
        again = self.site.verify("--log", "local:" + copy)
        self.assertEqual(again.code, 0, again)
        for name in ("batches", "records", "outputs"):
            self.assertEqual(json.loads(again.out)[name], json.loads(direct.out)[name])
        self.assertGreaterEqual(json.loads(again.out)["records"], 9)
        # The copy is the log: the dumps of both, made without our code, are the same lines.
        local = os.path.join(self.site.directory, "copy.ndjson")
        with open(local, "w", encoding="utf-8") as out:
            dump.from_local(copy, "", dump.TOPICS, out)
        with open(self.site.dump(), encoding="utf-8") as file:
            remote = {line.replace('"' + self.site.prefix, '"') for line in file}
        with open(local, encoding="utf-8") as file:
            self.assertEqual({line for line in file if "watermarks" not in line},
                             {line for line in remote if "watermarks" not in line})

    def _tampered(self, topic, change):
        """A copy in which one record of a topic is not what it was; what verify says of it."""
        copy = os.path.join(self.site.directory, "tampered")
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(os.path.join(self.site.directory, "copy"), copy)
        connection = sqlite3.connect(os.path.join(copy, "log.sqlite"))
        parts = connection.execute(
            "SELECT p.id, p.partition FROM partitions p JOIN topics t ON t.id = p.topic"
            " WHERE t.name = ?", (topic,)).fetchall()
        for part, number in parts:
            rows = connection.execute(
                "SELECT offset, value FROM records_%d ORDER BY 1 LIMIT 2" % part).fetchall()
            offset = change(connection, part, rows)
            if offset is not None:
                connection.commit()
                connection.close()
                found = self.site.verify("--log", "local:" + copy)
                return found, "%s/%d" % (topic, number), offset
        raise AssertionError("nothing to change in " + topic)

    def test_5_what_was_changed_afterwards_is_found(self):
        def replace(old, new):
            def change(connection, part, rows):
                for offset, value in rows:
                    if old in value:
                        connection.execute(
                            "UPDATE records_%d SET value = ? WHERE offset = ?" % part,
                            (value.replace(old, new, 1), offset))
                        return offset
                return None
            return change

        def remove(connection, part, rows):
            if len(rows) < 2:
                return None
            connection.execute("DELETE FROM records_%d WHERE offset = ?" % part, rows[1][:1])
            return rows[1][0]

        def repeat(connection, part, rows):
            if not rows:
                return None
            connection.execute(
                "INSERT INTO records_%d SELECT offset + 1000, time, key, value, headers"
                " FROM records_%d WHERE offset = ?" % (part, part), rows[0][:1])
            connection.execute("UPDATE partitions SET next = next + 2000 WHERE id = ?", (part,))
            return rows[0][0] + 1000

        for name, topic, change, words in (
                ("an output", "holdfast.holds", replace(b'"quality"', b'"nobodys"'),
                 "no batch decided this record"),
                ("an output that is gone", "holdfast.alerts", remove, "are not in"),
                ("an output twice", "holdfast.deviations", repeat,
                 "no batch decided this record"),
                ("a batch record", "holdfast.audit", replace(b'"accepted":1', b'"accepted":2'),
                 "decided again, batch"),
                ("a batch record that is gone", "holdfast.audit", remove,
                 "the batch before ended at|no batch decided"),
                ("an input", "mes.execution", replace(b'"critical"', b'"major"'),
                 "decided again, batch"),
                ("an input that is gone", "mes.execution", remove, "decided again, batch")):
            with self.subTest(name):
                found, place, offset = self._tampered(topic, change)
                self.assertEqual(found.code, 65, found)
                told = json.loads(found.out)["differences"]
                self.assertTrue(any(word in line for line in told
                                    for word in words.split("|")), told)
                if topic.startswith("holdfast.") and "gone" not in name:
                    self.assertTrue(any("%s offset %d" % (place, offset) in line
                                        for line in told), (place, offset, told))


if __name__ == "__main__":
    unittest.main()
