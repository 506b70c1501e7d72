"""Producers that retry, and records that nobody should have sent: refused with a reason, whole, and
never in the way of the next one."""

import random
import time
import unittest

import facts
import generate
import plant

MUTANTS = 10_000


def partition_key(number):
    return plant.lot_of_partition(number, "HK")


class Hostile(unittest.TestCase):
    def setUp(self):
        self.site = plant.Site(plant.broker()).make_topics("--partitions", "4")
        self.addCleanup(self.site.stop)

    def _letters(self):
        """Dead letters with their reasons, by (topic, partition, offset) of what was refused."""
        reader = plant.Reader(self.site.cluster.bootstrap)
        try:
            name = self.site.prefix + "holdfast.dead-letters"
            found = {}
            for _, _, _, key, value, headers in reader.records(
                    name, {p: 0 for p in range(plant.PARTITIONS)}):
                told = {name: part.decode() for name, part in headers if name.startswith("hf_")}
                place = told["hf_topic"], int(told["hf_partition"]), int(told["hf_offset"])
                self.assertNotIn(place, found, "refused twice")
                found[place] = told["hf_reason"], key, value
            return found
        finally:
            reader.close()

    def _inputs(self, topic="mes.execution"):
        reader = plant.Reader(self.site.cluster.bootstrap)
        try:
            return [(p, offset, key, value) for p, offset, _, key, value, _ in reader.records(
                self.site.prefix + topic, {p: 0 for p in range(plant.PARTITIONS)})]
        finally:
            reader.close()

    def test_1_a_producer_that_retries_holds_once(self):
        record = plant.failed_step("retry-1", "L-1")
        self.site.worker("w0")
        for _ in range(3):
            self.site.produce("mes.execution", *[record] * 5)
            time.sleep(0.5)
        self.site.produce("mes.execution", plant.failed_step("last-1", "L-1", mode="other"))
        self.site.wait_for("holdfast.holds", "holdApplied.v1", 2)
        self.site.wait_consumed()
        self.site.drain()
        causes = [event["data"]["cause"]["id"]
                  for event in self.site.of_type("holdfast.holds", "holdApplied.v1")]
        self.assertEqual(causes, ["retry-1", "last-1"])
        self.assertEqual(sum(b["counts"]["duplicates"] for b in self.site.audit()), 14)

    def test_2_poison_first_in_a_batch_does_not_hang_its_partition(self):
        # Nothing was read yet: the poison is the very first record of each partition.
        oversized = b'{"specversion":"1.0","note":"' + b"x" * generate.OVERSIZED + b'"}'
        poison = [b"\x80\xff\x00garbage\x00\x01", b"", oversized, b'{"specversion":"1.0"}']
        lots = [partition_key(p) for p in range(plant.PARTITIONS)]
        for lot, value in zip(lots, poison):
            self.site.produce("mes.execution", (lot, value))
        self.site.produce("mes.execution", *[
            plant.failed_step("after-" + lot, lot, equipment=lot) for lot in lots])
        self.site.worker("w0")
        self.site.wait_for("holdfast.holds", "holdApplied.v1", plant.PARTITIONS)
        self.site.wait_consumed()
        self.site.drain()
        letters = self._letters()
        self.assertEqual(
            {(place[1], reason) for place, (reason, _, _) in letters.items()},
            {(0, "notUtf8"), (1, "emptyValue"), (2, "tooLarge"), (3, "notACloudEvent")})
        self.assertEqual(letters["mes.execution", 2, 0][2], oversized)
        proven = self.site.verify()
        self.assertEqual(proven.code, 0, proven)

    def _mutants(self):
        """Real events with some bytes flipped, cut out, doubled or put elsewhere."""
        luck = random.Random(20260105)
        made = []
        for _, key, value, _ in generate.events(MUTANTS, 7):
            if key is None or value is None or len(value) > 10_000:
                key, value = b"HK-0", b"{}"
            value = bytearray(value)
            for _ in range(luck.choice((1, 1, 2, 5))):
                at = luck.randrange(len(value))
                what = luck.randrange(5)
                if what == 0:
                    value[at] ^= 1 << luck.randrange(8)
                elif what == 1:
                    value[at] = luck.randrange(256)
                elif what == 2 and len(value) > 50:
                    del value[at:at + luck.randrange(1, 20)]
                elif what == 3:
                    value[at:at] = value[at:at + luck.randrange(1, 40)]
                else:
                    value[at:at] = luck.choice((b'"', b"{", b"]", b"\\", b"\x00", b"1e999",
                                                b"\xed\xa0\x80", b"null", b","))
            if luck.random() < 0.02:
                key = bytes(luck.randrange(1, 256) for _ in range(8))
            made.append((key, bytes(value)))
        return made

    def test_3_ten_thousand_mutants_are_refused_or_read_and_stop_nobody(self):
        worker = self.site.worker("w0")
        mutants = self._mutants()
        for start in range(0, MUTANTS, 1_000):
            self.site.produce("mes.execution", *mutants[start:start + 1_000])
        lots = [partition_key(p) for p in range(plant.PARTITIONS)]
        self.site.produce("mes.execution", *[
            plant.failed_step("after-" + lot, lot, equipment=lot) for lot in lots])
        self.site.wait_for(
            "holdfast.holds", "holdApplied.v1", plant.PARTITIONS, 120,
            lambda event: event["data"]["cause"]["id"].startswith("after-"))
        self.site.wait_consumed()
        self.assertEqual(worker.starts, 1)
        self.assertTrue(worker.alive(), worker.tail())
        self.site.drain()
        letters, inputs = self._letters(), self._inputs()
        counts = [batch["counts"] for batch in self.site.audit()]
        self.assertEqual(sum(c["refused"] for c in counts), len(letters))
        self.assertGreater(len(letters), MUTANTS // 10)
        for partition, offset, key, value in inputs:
            letter = letters.get(("mes.execution", partition, offset))
            if letter:
                # Whole, as it came; an empty value stays what it was.
                self.assertEqual((letter[1], letter[2] or b""), (key, value or b""))
            elif key is not None:
                self.assertEqual(partition, facts.partition_of(key, plant.PARTITIONS))
        judged = self.site.oracle()
        self.assertEqual(judged.code, 0, judged)
        proven = self.site.verify()
        self.assertEqual(proven.code, 0, proven)


if __name__ == "__main__":
    unittest.main()
