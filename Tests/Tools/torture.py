#!/usr/bin/env python3
"""The kill test: workers die at random moments while a plant produces; then the oracle judges.

    torture.py [--events 200000] [--kills 40] [--workers 1|3] [--seed S] [--freeze]
               [--broker-kill] [--delete-state] [--binary PATH] [--dir DIR] [--keep]

Needs the broker launcher (KAFKA_BROKER, else ../shared/kafka/broker), its jars (KAFKA_LIBS), java
and kcat. Exit code 0 when the outputs are what they had to be; 1 when not; 77 when the machine
lacks something (then nothing was tested).
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import dump
import generate
from kafka_reader import Reader, ReadError
from processes import (ROOT, Broker, Missing, Producer, Worker, find_binary, find_launcher,
                       wait_until)

INPUTS = ("mes.execution", "qms.quality", "holdfast.signals")
FREEZE_SECONDS = 13  # beyond the session timeout of 10 s
DRAIN_SECONDS = 30
SETTLE_SECONDS = 12  # the latest timer is due 8.5 s after the last event


class Torture:
    out = None  # where the judges speak: our own output
    oracle_flags = ()

    def __init__(self, options, directory):
        self.options, self.directory = options, directory
        self.random = random.Random(options.seed)
        self.broker, self.workers, self.producer = None, [], None
        self.sent, self.failure, self.stop = 0, None, False
        self.started = time.monotonic()
        self.done = {"kills": 0, "freezes": 0, "broker kills": 0, "states deleted": 0,
                     "own exits": 0}

    def say(self, text):
        print("torture %6.1f s: %s" % (time.monotonic() - self.started, text), flush=True)

    def left(self):
        return self.options.deadline - (time.monotonic() - self.started)

    # -- the parts ------------------------------------------------------------------------------

    def set_up(self):
        options = self.options
        self.broker = Broker(os.path.join(self.directory, "broker"),
                             3 if options.broker_kill else 1)
        self.say("broker at %s" % self.broker.bootstrap)
        self.make_topics()
        for number in range(options.workers):
            worker = Worker("w%d" % number, options.binary, self.broker.bootstrap,
                            self.directory, options.worker_args)
            worker.start()
            self.workers.append(worker)

    def make_topics(self):
        options = self.options
        command = [options.binary, "topics", "apply", "--log", "kafka://" + self.broker.bootstrap,
                   "--replication", str(self.broker.nodes)]
        done = subprocess.run(command, text=True, capture_output=True, timeout=120,
                              stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise RuntimeError("topics apply: exit %d\n%s%s" % (
                done.returncode, done.stdout, done.stderr))

    def produce(self):
        """In its own thread: the plant at an even pace, in small steps."""
        try:
            options = self.options
            seconds = options.seconds
            self.misplace()
            start = time.monotonic()
            plant = generate.events(options.events, options.seed, int(time.time() * 1000),
                                    int(seconds * 1000))
            for topic, key, value, _ in plant:
                self.producer.send(topic, generate.kcat_line(key, value))
                self.sent += 1
                if self.sent % 200 == 0:
                    self.producer.flush()
                    ahead = self.sent / options.events * seconds - (time.monotonic() - start)
                    if ahead > 0:
                        time.sleep(ahead)
                    if self.stop:
                        return
            self.producer.finish()
        except Exception as error:  # told by the main thread, which must not wait for ever
            self.failure = "producing: %r" % error

    def misplace(self):
        """Records in a partition that the partitioner would not choose."""
        for partition in range(4):
            lines = b"".join(
                b'WP-%d\t{"specversion":"1.0","id":"wp-%d-%d","source":"/mes/plant-1","type":'
                b'"mes.lotCreated.v1","time":"2026-01-05T06:00:00Z","data":{"lotId":"WP-%d"}}\n'
                % (n, n, partition, n) for n in range(3))
            subprocess.run(["kcat", "-P", "-b", self.broker.bootstrap, "-t", "mes.execution",
                            "-K", "\\t", "-p", str(partition)], input=lines, check=True,
                           timeout=60)

    def torment(self):
        """Kills, freezes and restarts until both the events and the kills are used up."""
        options = self.options
        pause = options.seconds / max(options.kills, 1)
        while self.failure is None and self.left() > 0:
            producing = self.thread.is_alive()
            if self.done["kills"] >= options.kills and not producing:
                return
            # Strikes take time themselves: with these pauses nearly all fall while events come.
            time.sleep(self.random.uniform(0.05, 1.4 * pause) if producing else
                       self.random.uniform(0.05, 2.0))
            self.revive()
            if self.done["kills"] >= options.kills:
                continue
            self._strike()
            if self.done["kills"] % 5 == 0:
                self.say("%d of %d events sent; %s" % (self.sent, options.events, self.tally()))

    def _strike(self):
        options, turn = self.options, self.done["kills"]
        if options.broker_kill and turn % 10 == 5:
            self._kill_broker()
        if options.freeze and turn % 10 == 3:
            self._freeze()
        worker = self.random.choice(self.workers)
        deleting = options.delete_state and self.random.random() < 0.25
        worker.kill(deleting)
        self.done["kills"] += 1
        self.done["states deleted"] += deleting
        time.sleep(self.random.choice((0, 0, 0.1, self.random.uniform(0, 2))))
        worker.start()

    def _kill_broker(self):
        node = self.random.randrange(3) + 1
        self.broker.kill(node)
        time.sleep(self.random.uniform(0.5, 5))
        self.broker.start(node)
        self.done["broker kills"] += 1

    def _freeze(self):
        worker = self.random.choice(self.workers)
        if worker.alive():
            worker.freeze()
            time.sleep(FREEZE_SECONDS)
            worker.thaw()
            self.done["freezes"] += 1

    def revive(self):
        """Starts again what ended by itself: a fenced worker may; not again and again."""
        for worker in self.workers:
            code = worker.ended_itself()
            if code is None:
                if worker.process is None:
                    worker.start()
                continue
            self.done["own exits"] += 1
            self.say("%s ended by itself with code %d:\n%s" % (worker.name, code, worker.tail()))
            if len(worker.exits) > self.options.own_exits_max:
                self.failure = "%s ended by itself %d times" % (worker.name, len(worker.exits))
            worker.start()

    def tally(self):
        return ", ".join("%s %d" % item for item in self.done.items() if item[1])

    # -- the end --------------------------------------------------------------------------------

    def consumed(self):
        """Whether the ranges of the batch records reach the end of all inputs."""
        self.revive()
        reader = Reader(self.broker.bootstrap)
        try:
            count = reader.topics()["holdfast.audit"]
            ends = {(topic, p): reader.watermarks(topic, p)[1] for topic in INPUTS
                    for p in range(count)}
            starts = {p: reader.watermarks("holdfast.audit", p) for p in range(count)}
            read = {}
            # The last records are enough; the control markers between them take offsets too.
            for record in reader.records("holdfast.audit", {
                    p: max(low, high - 20) for p, (low, high) in starts.items()}):
                for part in json.loads(record[4])["ranges"]:
                    place = (part["topic"], record[0])
                    read[place] = max(read.get(place, 0), part["to"])
            behind = self.behind(reader, ends, read)
        except (ReadError, KeyError) as error:
            self.say("waiting: %s" % error)
            return False
        finally:
            reader.close()
        if behind:
            self.say("%d offsets to go" % behind)
        return behind == 0

    @staticmethod
    def behind(reader, ends, read):
        """Offsets not yet read. A transaction ends in a control marker, which is no record: nobody
        makes a batch for markers alone, so a tail of nothing else counts as read."""
        total = 0
        for (topic, partition), end in ends.items():
            at = read.get((topic, partition), 0)
            if at >= end:
                continue
            if end - at > 100 or any(True for _ in reader.records(topic, {partition: at})):
                total += end - at
        return total

    def finish(self):
        self.thread.join(max(1, self.left()))
        if self.failure:
            raise RuntimeError(self.failure)
        self.catch_up()
        self.end_workers()

    def catch_up(self):
        if not wait_until(self.consumed, min(self.left(), self.options.catch_up), every=2):
            raise RuntimeError("the input was not consumed in time\n" + "".join(
                "%s:\n%s" % (worker.name, worker.tail()) for worker in self.workers))
        time.sleep(SETTLE_SECONDS)
        if not wait_until(self.consumed, 60, every=2):
            raise RuntimeError("after its timers the input was not consumed in time")

    def end_workers(self):
        for worker in self.workers:
            code = worker.terminate(DRAIN_SECONDS)
            if code != 0:
                raise RuntimeError("%s: SIGTERM ended it with %r\n%s" % (
                    worker.name, code, worker.tail()))
        self.say("all consumed, all ended; %s" % self.tally())

    def judge(self):
        path = os.path.join(self.directory, "dump.ndjson")
        with open(path, "w", encoding="utf-8") as out:
            counts = dump.from_kafka(self.broker.bootstrap, "", dump.TOPICS, out)
        self.say("dumped: " + ", ".join("%s %d" % item for item in counts.items()))
        oracle = [sys.executable, os.path.join(ROOT, "Tests", "Oracle", "oracle.py"), path,
                  "--partitions", "4", "--gates-compacted", *self.oracle_flags]
        code = 0
        for extra in ([], ["--failures-only", "--lot-prefix", "FO-"]):
            found = subprocess.run(oracle + extra, timeout=1800, stdout=self.out).returncode
            self.judged(" ".join(["oracle", *extra]), found)
            code |= found
        self.say("the oracle has judged")
        # The product's own proof, beside the independent one: it must find nothing either.
        found = subprocess.run([self.options.binary, "verify", "--log",
                                "kafka://" + self.broker.bootstrap], timeout=1800,
                               stdin=subprocess.DEVNULL, stdout=self.out).returncode
        self.judged("verify", found)
        self.say("verified")
        return code | found

    def judged(self, name, code):
        """One judge's answer; for those who keep account."""

    def run(self):
        self.set_up()
        self.producer = Producer(self.broker.bootstrap, ("mes.execution", "qms.quality"))
        self.thread = threading.Thread(target=self.produce, daemon=True)
        self.thread.start()
        self.torment()
        self.finish()
        if self.done["kills"] < self.options.kills:
            raise RuntimeError("only %d kills" % self.done["kills"])
        return self.judge()

    def clean_up(self):
        self.stop = True
        for worker in self.workers:
            worker.thaw()
            worker.kill()
        if self.producer:
            self.producer.kill()
        if self.broker:
            self.broker.down()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, help="of producing; default 2 per kill")
    parser.add_argument("--deadline", type=float, default=1500, help="seconds for all but judging")
    parser.add_argument("--catch-up", type=float, default=300)
    parser.add_argument("--own-exits-max", type=int, default=10, help="per worker")
    parser.add_argument("--freeze", action="store_true")
    parser.add_argument("--broker-kill", action="store_true")
    parser.add_argument("--delete-state", action="store_true")
    parser.add_argument("--binary")
    parser.add_argument("--dir", help="where to work; default a temporary directory")
    parser.add_argument("--keep", action="store_true", help="leave the directory")
    parser.add_argument("worker_args", nargs="*", help="after --: more arguments of `run`")
    options = parser.parse_args()
    options.seconds = options.seconds or max(2.0 * options.kills, 10)
    return options


def main():
    options = arguments()
    try:
        find_launcher()
        options.binary = os.path.abspath(options.binary) if options.binary else find_binary()
        if shutil.which("kcat") is None:
            raise Missing("no kcat on PATH")
    except Missing as missing:
        print("torture: NOT RUN: %s" % missing, file=sys.stderr)
        return 77
    except RuntimeError as error:  # ours to have built: no reason to skip
        print("torture: FAILED: %s" % error, file=sys.stderr)
        return 1
    directory = tempfile.mkdtemp(prefix="holdfast-torture-", dir=options.dir)
    torture, code = Torture(options, directory), 1
    try:
        code = torture.run()
    except (RuntimeError, ReadError, OSError, subprocess.SubprocessError) as error:
        torture.say("FAILED: %s" % error)
    finally:
        torture.clean_up()
        if code == 0 and not options.keep:
            shutil.rmtree(directory, ignore_errors=True)
        else:
            torture.say("logs and dump are in %s (seed %d)" % (directory, options.seed))
    print("torture: %s" % ("passed" if code == 0 else "FAILED"), flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
