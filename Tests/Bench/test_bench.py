"""What the report says of given measurements: judged without a broker."""

import os
import struct
import sys
import tempfile
import unittest
import xml.etree.ElementTree

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import figures as book  # noqa: E402
import flame  # noqa: E402
import history  # noqa: E402
import page  # noqa: E402
import pictures  # noqa: E402
import timeline  # noqa: E402
from rebalance import judge  # noqa: E402


def sample():
    found = book.Figures()
    for key, value in (("rate", 0.4), ("cpu", 1.9), ("restore", 600_000), ("dedupe50", 1.3)):
        found.set(key, value)
    found.series = {"dedupe": [(1, 300.0), (50, 390.0)], "plainIds": 420.0}
    return found


class Timelines(unittest.TestCase):
    def batch(self, base, last, flags, ms, producer):
        header = struct.pack(">qiibIhiqqqhii", base, 49 + 7, 0, 2, 0, flags, last - base, ms - 9,
                             ms, producer, 0, 0, 1)
        return header + b"records"

    def test_the_marker_of_a_record_is_the_next_one_of_its_own_producer(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "node1", "data", "t-0")
            os.makedirs(path)
            with open(os.path.join(path, "00000000000000000000.log"), "wb") as file:
                file.write(self.batch(0, 4, 16, 1_000, 7) + self.batch(5, 5, 16, 1_001, 8)
                           + self.batch(6, 6, 48, 1_005, 8) + self.batch(7, 7, 48, 1_009, 7)
                           + self.batch(8, 8, 16, 1_010, 7) + self.batch(9, 9, 48, 1_012, 7)
                           + bytes(200))
            log = timeline.Partition(directory, "t", 0)
            self.assertEqual([log.end(offset) for offset in (0, 4, 5, 8)],
                             [(7, 1_009), (7, 1_009), (8, 1_005), (7, 1_012)])


class Rebalances(unittest.TestCase):
    def batches(self, task, times, epoch):
        return [(task, at, epoch) for at in times]

    def test_a_task_that_moves_counts_from_the_word_that_it_is_given_up(self):
        steady = [at / 10 for at in range(0, 100)]
        given_up, first = 10.4, 11.0
        batches = (self.batches(0, steady, 1)
                   + self.batches(0, [10.1], 1) + self.batches(0, [first, 11.1, 40.0], 2)
                   + self.batches(1, [at / 10 for at in range(0, 600)], 1))
        moved, stayed, undisturbed = judge(batches, [(0, given_up)], 10.0, 39.0)
        self.assertAlmostEqual(moved[0], first - given_up)
        self.assertAlmostEqual(max(undisturbed), 0.1)
        self.assertIn(0.1, [round(each, 3) for each in stayed])

    def test_a_gap_of_a_task_that_stays_is_found_also_when_it_falls_silent(self):
        busy = [at / 10 for at in range(0, 600)]
        gap = [at for at in busy if not 10.2 < at < 11.5]
        silent = [at for at in busy if at < 12]
        for times, longest in ((gap, 1.3), (silent, 6.1)):
            batches = self.batches(0, times, 1) + self.batches(0, [40.0], 1)
            _, stayed, _ = judge(batches, [], 10.0, 39.5)
            self.assertAlmostEqual(stayed[0], longest, places=3)


class Tables(unittest.TestCase):
    def test_each_goal_has_its_verdict(self):
        text = book.table(sample())
        self.assertIn(">= 0.35   reached", text)
        self.assertIn(">= 0.55   MISSED", text)

    def test_an_unknown_figure_is_refused(self):
        with self.assertRaises(KeyError):
            book.Figures().set("speed", 1)

    def test_the_page_keeps_what_stands_around_the_block(self):
        text = "a\n%s\nprevious\n%s\nb\n" % (page.BEGIN, page.END)
        line = history.line(sample(), quick=False, parts=["pipeline"])
        new = page.replaced(text, page.block(sample(), line))
        self.assertTrue(new.startswith("a\n") and new.endswith(page.END + "\nb\n"))
        self.assertNotIn("previous", new)
        self.assertIn("| 600,000 |", new)
        self.assertIn("Missed of the goals now: rate of one thread", new)
        with self.assertRaises(RuntimeError):
            page.replaced("no marks", "")

    def test_a_run_is_compared_with_the_last_one_of_the_same_shape(self):
        def run(date, machine, value):
            return {"date": date, "machine": machine, "quick": False, "revision": "r",
                    "figures": {"cpu": value}}
        runs = [run("2026-01-01", "2 cores", 4.0), run("2026-01-02", "64 cores", 1.0)]
        text = history.comparison(run("2026-01-03", "2 cores", 2.0), runs)
        self.assertIn("-50 %", text)


class Pictures(unittest.TestCase):
    def test_pictures_are_well_formed(self):
        runs = [history.line(sample(), quick=False, parts=[])] * 2
        made = pictures.all_of(sample(), runs)
        self.assertEqual(set(made), {"goals", "dedupe", "history"})
        for svg in made.values():
            xml.etree.ElementTree.fromstring(svg)

    def test_samples_fold_into_stacks_and_boxes(self):
        script = ("worker  123 \n\tffff inner (/lib/libc.so.6)\n"
                  "\tfff0 outer (/opt/holdfast-bench)\n\n"
                  "rdk:broker1  124 \n\tfff1 recv (/lib/librdkafka.so.1)\n\n")
        stacks = flame.fold(script)
        self.assertEqual(stacks[("stream thread", ("outer", "ours"), ("inner", "libc"))], 1)
        self.assertEqual(stacks[("librdkafka's threads", ("recv", "librdkafka"))], 1)
        xml.etree.ElementTree.fromstring(flame.draw(stacks, "a < b"))


if __name__ == "__main__":
    unittest.main()
