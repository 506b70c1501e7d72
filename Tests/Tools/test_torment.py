"""Torture's own tests: the schedule, the network that can be cut, what a log says of a life."""

import json
import os
import socket
import sys
import tempfile
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "Torture")]

import checks
import faults
import network
import progress
import schedule
import storm
import torment
from life import Life


def plan(seed, seconds=200.0, chosen=faults.ALL):
    return schedule.plan(list(chosen), seed, seconds, 3, 2.2)


class ScheduleTests(unittest.TestCase):
    def test_a_seed_names_the_schedule(self):
        self.assertEqual(plan(7), plan(7))
        self.assertNotEqual(plan(7), plan(8))

    def test_every_fault_comes_in_a_short_run(self):
        seconds = torment.fault_seconds(5, torment.RATE)
        for seed in range(100):
            struck = {strike.fault for strike in plan(seed, seconds)}
            self.assertEqual(struck, set(faults.BY_NAME), "seed %d" % seed)

    def test_all_is_healed_before_the_end_and_what_may_not_overlap_does_not(self):
        for seed in range(50):
            until = {}
            for strike in plan(seed):
                fault = faults.BY_NAME[strike.fault]
                self.assertLessEqual(strike.second + strike.seconds, 200.0)
                if fault.overlaps:
                    continue
                for key in fault.keys(strike.target):
                    self.assertGreaterEqual(strike.second, until.get(key, 0.0), strike)
                    until[key] = strike.second + strike.seconds
                if fault.longest:
                    self.assertTrue(fault.shortest <= strike.seconds <= fault.longest, strike)

    def test_two_brokers_are_never_down_but_with_all(self):
        for seed in range(50):
            held = [(s.second, s.second + s.seconds) for s in plan(seed)
                    if isinstance(faults.BY_NAME[s.fault], faults.Brokers)]
            for one, other in zip(held, held[1:]):
                self.assertLess(one[1], other[0])

    def test_an_unknown_fault_and_a_wrong_number_are_told(self):
        for argv in (["--faults", "rain"], ["--minutes", "soon"]):
            with self.subTest(argv), open(os.devnull, "w") as nowhere:
                before, sys.stderr = sys.stderr, nowhere
                try:
                    self.assertEqual(torment.main(argv), 64)
                finally:
                    sys.stderr = before


class LifeTests(unittest.TestCase):
    def life(self, *signals):
        with tempfile.NamedTemporaryFile("w", suffix=".log", delete=False) as log:
            log.write('{"signal":"threadStarted","text":"of the life before"}\n')
            log.flush()
            life = Life(log.name)
            for signal, text in signals:
                log.write(json.dumps({"signal": signal, "text": text}) + "\n")
            log.write('{"signal":"taskRest')  # half a line: not yet written
            log.flush()
            life.read()
        os.unlink(log.name)
        return life

    def test_phases_follow_the_signals(self):
        said = [("threadStarted", "thread 0 reads X"), ("taskAssigned", "task 2 is ours"),
                ("taskRestored", "task 2 is back after 3 ms: 0 rows"),
                ("storeReopened", "task 2 is read back: a commit is unknown"),
                ("taskRestored", "task 2 is back after 3 ms: 0 rows"),
                ("taskReleased", "task 2 is released")]
        wanted = ["startup", "joining", "restoring", "running", "restoring", "running", "joining"]
        for count, phase in enumerate(wanted):
            self.assertEqual(self.life(*said[:count]).phase, phase, said[:count])

    def test_commits_and_last_words_are_kept(self):
        life = self.life(("batchCommitted", "committed 41 records of 1 tasks in 5 ms: 0 events"),
                         ("batchCommitted", "committed 1 records of 1 tasks in 5 ms: 0 events"),
                         ("failed", "thread 0 failed: disk is full"))
        self.assertEqual((life.commits, life.records), (2, 42))
        self.assertEqual(life.last_words, "thread 0 failed: disk is full")


class StormTests(unittest.TestCase):
    def test_aims_are_by_seed_and_every_phase_is_aimed_at(self):
        class Worker:
            name, starts = "w0", 0

        aims = []
        for Worker.starts in range(300):
            one, two = storm.Aim(5, Worker), storm.Aim(5, Worker)
            self.assertEqual((one.phase, one.wait, one.wipes), (two.phase, two.wait, two.wipes))
            aims.append(one.phase)
        self.assertEqual(set(aims), {"startup", "joining", "restoring", "running"})


class ProgressTests(unittest.TestCase):
    def test_a_run_in_which_nothing_is_decided_is_told(self):
        class Worker:
            commits = 3

            def observe(self):
                pass

        watched, worker = progress.Progress(), Worker()
        watched.look([worker])
        self.assertIsNone(watched.stalled())
        watched.looked_at = 0.0
        watched.grew_at -= progress.STALL_MAX + 5
        watched.look([worker])
        self.assertIn("nothing was decided for 95 s", watched.stalled())
        worker.commits, watched.looked_at = 4, 0.0
        watched.look([worker])
        self.assertIsNone(watched.stalled())
        self.assertGreater(watched.longest, 90)


class ClockTests(unittest.TestCase):
    def test_a_timer_that_was_decided_before_its_instant_is_named(self):
        def complaint(timers_to):
            row = {"task": 1, "epoch": 1, "timersTo": timers_to,
                   "counts": {"accepted": 1, "duplicates": 0, "refused": 0}}
            before, checks.batches = checks.batches, lambda _: [(1, 17, 1_767_592_800_000, row)]
            try:
                return checks.examine("")[1]
            finally:
                checks.batches = before
        self.assertEqual(complaint("2026-01-05T06:00:05.000Z"), [])
        self.assertEqual(len(complaint("2026-01-05T07:00:00Z")), 1)
        self.assertIn("audit/1 offset 17", complaint("2026-01-05T07:00:00Z")[0])


def serve(listener):
    """Answers every message with the same bytes; counts what arrived."""
    arrived = []

    def client(connection):
        with connection:
            try:
                while data := connection.recv(4096):
                    arrived.append(data)
                    connection.sendall(data)
            except OSError:
                pass

    def accept():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=client, args=(connection,), daemon=True).start()
    threading.Thread(target=accept, daemon=True).start()
    return arrived


#: Runs inside the network: "SECONDS TEXT" says TEXT to the server and prints what comes back in so
#: many seconds. An answer that has to come may take long on a busy machine; one that must not come
#: is waited for briefly, and what has to arrive meanwhile is waited for by itself.
CLIENT = """
import socket, sys
one = None
for line in sys.stdin:
    seconds, text = line.split(" ", 1)
    try:
        if one is None:
            one = socket.create_connection(("127.0.0.1", %d), 20)
        one.settimeout(float(seconds))
        one.sendall(text.encode())
        answer = one.recv(4096).decode() or "closed\\n"
    except TimeoutError:
        answer = "nothing\\n"
    except OSError:
        answer = "reset\\n"
    if answer in ("closed\\n", "reset\\n"):
        one = None
    sys.stdout.write(answer)
    sys.stdout.flush()
"""

LONG, BRIEFLY = 20, 0.5


@unittest.skipIf(network.why_not(), "NOT TESTED: %s" % network.why_not())
class NetworkTests(unittest.TestCase):
    def setUp(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        self.arrived = serve(listener)
        port = listener.getsockname()[1]
        self.network = network.Network("127.0.0.1:%d" % port)
        self.addCleanup(self.network.close)
        self.client = network.subprocess.Popen(
            [*self.network.prefix, sys.executable, "-c", CLIENT % port], text=True,
            stdin=network.subprocess.PIPE, stdout=network.subprocess.PIPE)
        for clean in (self.client.stdin.close, self.client.stdout.close, self.client.wait,
                      self.client.kill):
            self.addCleanup(clean)

    def say(self, text, seconds=LONG):
        self.client.stdin.write("%s %s\n" % (seconds, text))
        self.client.stdin.flush()
        return self.client.stdout.readline().strip()

    def assert_arrives(self, wanted):
        """All that the server has had in the end, however long it takes."""
        until = time.monotonic() + LONG
        while b"".join(self.arrived) != wanted and time.monotonic() < until:
            time.sleep(0.01)
        self.assertEqual(b"".join(self.arrived), wanted)

    def test_a_cable_that_is_out_and_put_in_again_loses_nothing(self):
        self.assertEqual(self.say("one"), "one")
        self.network.be("silent")
        self.assertEqual(self.say("two", BRIEFLY), "nothing")
        self.assertEqual(b"".join(self.arrived), b"one\n")
        self.network.be("open")
        self.assert_arrives(b"one\ntwo\n")
        self.assertEqual(self.say("three"), "two")  # only late

    def test_a_deaf_worker_is_heard_and_its_answers_never_come(self):
        self.assertEqual(self.say("one"), "one")
        self.network.be("deaf")
        self.assertEqual(self.say("two", BRIEFLY), "nothing")
        self.assertEqual(self.say("three", BRIEFLY), "nothing")
        self.assert_arrives(b"one\ntwo\nthree\n")
        self.network.be("open")
        self.assertIn(self.say("four"), ("reset", "closed"))  # two and three were answered, once
        self.assertEqual(self.say("five"), "five")
        self.assert_arrives(b"one\ntwo\nthree\nfive\n")

    def test_what_is_reset_does_not_arrive(self):
        self.assertEqual(self.say("one"), "one")
        self.network.be("reset")
        self.assertIn(self.say("two"), ("reset", "closed"))
        self.assertIn(self.say("three"), ("reset", "closed"))
        self.network.be("open")
        self.assertEqual(self.say("four"), "four")
        self.assert_arrives(b"one\nfour\n")

    def test_slow_is_late_in_both_directions(self):
        self.network.be("slow 300")
        began = time.monotonic()
        self.assertEqual(self.say("one"), "one")
        self.assertGreater(time.monotonic() - began, 0.55)

    def test_inside_there_is_nothing_else(self):
        outside = socket.create_server(("127.0.0.1", 0))
        code = ("import socket; socket.create_connection(('127.0.0.1', %d), 1)"
                % outside.getsockname()[1])
        done = network.subprocess.run([*self.network.prefix, sys.executable, "-c", code],
                                      stderr=network.subprocess.DEVNULL, timeout=20)
        outside.close()
        self.assertNotEqual(done.returncode, 0)


if __name__ == "__main__":
    unittest.main()
