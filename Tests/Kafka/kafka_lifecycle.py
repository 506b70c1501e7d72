"""Workers that freeze, lose their disk, or are replaced while their last transaction is open."""

import os
import random
import shutil
import sqlite3
import threading
import time
import unittest

import generate
import plant

SESSION_SECONDS = 10


class Lifecycle(unittest.TestCase):
    def setUp(self):
        self.site = plant.Site(plant.broker()).make_topics("--partitions", "4")
        self.addCleanup(self.site.stop)

    def proven(self):
        proven = self.site.verify()
        self.assertEqual(proven.code, 0, proven)
        judged = self.site.oracle()
        self.assertEqual(judged.code, 0, judged)

    def test_1_frozen_with_nothing_but_a_due_timer_it_is_fenced(self):
        first = self.site.worker("w0")
        due = plant.now_text(SESSION_SECONDS + 8)
        self.site.produce("qms.quality", plant.change("a-1", "C-1", due))
        self.site.wait_consumed(30)
        first.freeze()
        second = self.site.worker("w1")
        # The session of the frozen one ends, the other takes over, and the timer is its own.
        fired = self.site.wait_for("holdfast.changes", "changeEffective.v1", 1, 40)
        before = len(self.site.audit())
        first.thaw()
        # It finds its timer due at once. What it decides must not be written.
        told = plant.wait_until(lambda: any(word in first.tail(50) for word in (
            "another worker has taken over", "was lost: the session ended",
            "the group has moved on", "another process took the name")), 30)
        self.assertTrue(told, first.tail(50))
        time.sleep(3)
        self.site.drain(second)
        # To the broker its old batch may be a second process of its name: it is refused, and that
        # is all.
        self.assertEqual(first.terminate(30), 0, first.tail(50))
        self.assertEqual(self.site.of_type("holdfast.changes", "changeEffective.v1"), fired)
        # Epochs of the task's batches never go back: the woken one wrote none of its own.
        owners = [batch["epoch"] for batch in self.site.audit()
                  if batch["task"] == self.partition_of("C-1")]
        self.assertEqual(owners, sorted(owners))
        self.assertGreaterEqual(before, 2)
        self.assertTrue(second.starts == 1)
        self.proven()

    @staticmethod
    def partition_of(key):
        return plant.facts.partition_of(key.encode(), plant.PARTITIONS)

    # -- state ----------------------------------------------------------------------------------

    def _rows(self, state):
        """All that the tasks' files say, but for when and from where they were written."""
        found = {}
        for root, _, names in os.walk(state):
            for name in sorted(names):
                path = os.path.join(root, name)
                with open(path, "rb") as file:
                    if file.read(15) != b"SQLite format 3":
                        continue
                connection = sqlite3.connect(path)
                found[name] = {
                    "identity": connection.execute("SELECT * FROM identity").fetchall(),
                    "head": connection.execute("SELECT head FROM meta").fetchall(),
                    "rows": connection.execute("SELECT * FROM row ORDER BY key").fetchall()}
                connection.close()
        return found

    def test_2_a_deleted_state_directory_comes_back_the_same_and_goes_on(self):
        worker = self.site.worker("w0")
        events = [made for made in generate.events(3_000, 11, int(time.time() * 1000), 1_000)
                  if len(made[2] or b"") < 5_000]
        for topic in (generate.MES, generate.QMS):
            self.site.produce(topic, *[(key, value) for to, key, value, _ in events
                                       if to == topic])
        self.site.wait_consumed()
        time.sleep(12)  # the generator's timers are due by now
        self.site.drain(worker)
        before = self._rows(worker.state)
        self.assertEqual(len(before), plant.PARTITIONS)
        self.assertGreater(sum(len(part["rows"]) for part in before.values()), 200)
        shutil.rmtree(worker.state)
        os.makedirs(worker.state)
        worker.start()
        self.assertTrue(plant.wait_until(
            lambda: worker.tail(60).split("--- start")[-1].count("is back") == plant.PARTITIONS,
            60), worker.tail(60))
        self.site.drain(worker)
        self.assertEqual(self._rows(worker.state), before)
        # It goes on: what it saw before its disk was lost is still a duplicate.
        duplicates = sum(batch["counts"]["duplicates"] for batch in self.site.audit())
        good = [(key, value) for to, key, value, raw in events
                if to == generate.MES and not raw and b'"m-2' in value[:60]][:20]
        worker.start()
        self.site.produce(generate.MES, *good, plant.failed_step("last", "L-last"))
        self.site.wait_for("holdfast.holds", "holdApplied.v1", 1, 60,
                           lambda event: event["data"]["cause"]["id"] == "last")
        self.site.wait_consumed()
        self.site.drain(worker)
        now = sum(batch["counts"]["duplicates"] for batch in self.site.audit())
        self.assertGreaterEqual(now - duplicates, len(good) - 2)
        self.proven()

    # -- another machine ------------------------------------------------------------------------

    def _produce_steadily(self):
        number = 0
        while not self.enough.is_set():
            self.site.produce("mes.execution", *[
                plant.failed_step("s-%d" % (number + n), "L-%d" % ((number + n) % 97))
                for n in range(40)])
            number += 40
        self.sent = number

    def _transaction_is_open(self):
        """Whether records of the changelog wait for the end of their transaction."""
        marks = []
        for level in ("read_committed", "read_uncommitted"):
            reader = plant.Reader(self.site.cluster.bootstrap, [("isolation.level", level)])
            try:
                marks.append([reader.watermarks(self.site.prefix + "holdfast.state", p)[1]
                              for p in range(plant.PARTITIONS)])
            finally:
                reader.close()
        return any(stable < high for stable, high in zip(*marks))

    def test_3_a_second_machine_takes_over_while_the_last_transaction_is_open(self):
        luck = random.Random(5)
        first = self.site.worker("w0", "--commit-interval", "20ms")
        self.enough = threading.Event()
        pressure = threading.Thread(target=self._produce_steadily, daemon=True)
        pressure.start()
        try:
            self.site.wait_for("holdfast.holds", "holdApplied.v1", 90)
            for _ in range(200):
                time.sleep(luck.uniform(0.01, 0.2))
                first.freeze()
                # Frozen, it can end nothing: what is open now stays open.
                if self._transaction_is_open():
                    break
                first.thaw()
            else:
                self.fail("never caught in the middle of a transaction")
            self.site.worker("w1")  # another machine: its own name and its own disk
            time.sleep(1)
            first.kill()
        finally:
            self.enough.set()
            pressure.join(60)
        self.assertFalse(pressure.is_alive())
        self.site.wait_consumed(120)
        self.site.drain(self.site.workers[1])
        causes = [event["data"]["cause"]["id"]
                  for event in self.site.of_type("holdfast.holds", "holdApplied.v1")]
        self.assertEqual(len(causes), len(set(causes)))
        self.assertEqual(set(causes), {"s-%d" % n for n in range(self.sent)})
        self.proven()

    # -- one name, two processes ----------------------------------------------------------------

    def test_4_of_two_processes_of_one_name_one_ends_and_the_other_goes_on(self):
        first = self.site.worker("w0")
        self.site.produce("mes.execution", plant.failed_step("before", "L-1"))
        self.site.wait_for("holdfast.holds", "holdApplied.v1", 1, 60)
        second = self.site.worker("other", start=False)
        second.command[second.command.index("--instance") + 1] = "w0"
        second.start()
        both = (first, second)
        self.assertTrue(plant.wait_until(
            lambda: any(not worker.alive() for worker in both), 90),
            "\n".join(worker.tail(40) for worker in both))
        ended, left = both if not first.alive() else reversed(both)
        self.assertEqual(ended.ended_itself(), 69, ended.tail(40))
        self.assertIn("give each", ended.tail(5))
        self.site.produce("mes.execution", plant.failed_step("after", "L-1"))
        self.site.wait_for("holdfast.holds", "holdApplied.v1", 2, 60)
        self.site.wait_consumed(60)
        self.assertTrue(left.alive(), left.tail(40))
        self.site.drain(left)
        self.proven()


if __name__ == "__main__":
    unittest.main()
