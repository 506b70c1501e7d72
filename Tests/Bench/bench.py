#!/usr/bin/env python3
"""`make bench`: speed as ratios within one run, on a real Kafka broker of this run's own.

    bench.py [--events N] [--rounds N] [--seconds N] [--only NAME ...] [--output human|json]

Absolute figures say more about the machine than about Holdfast, so each figure stands beside what
bounds it, measured minutes apart on the same broker: the bare consume loop, the least that a
transaction costs. Everything is repeated, and the median of the rounds is what is compared.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "Tools"))

import processes  # noqa: E402

PARTS = ("pipeline", "containment", "dedupe", "local", "restore")


class Bench:
    def __init__(self, options, directory):
        self.options, self.directory = options, directory
        self.tool = os.path.join(processes.ROOT, ".build", "release", "holdfast-bench")
        self.command = os.path.join(processes.ROOT, ".build", "release", "holdfast")
        for path in (self.tool, self.command):
            if not os.access(path, os.X_OK):
                raise RuntimeError("no %s: swift build -c release first" % path)
        self.broker, self.rows, self.raw = None, [], []
        self.environment = dict(os.environ, SWIFT_BACKTRACE="enable=no")

    # -- parts -----------------------------------------------------------------------------------

    def pipeline(self):
        """One worker thread against the bare consume loop over the same records."""
        rates, cpus, peaks = [], [], []
        for number in range(self.options.rounds):
            prefix = self.topics("bench%d." % number)
            self.measure("load", prefix=prefix, events=self.options.events, seed=number + 1)
            # The bare loop on both sides of the worker: a machine's pace drifts.
            bare = [self.consume(prefix)]
            work = self.measure("work", prefix=prefix, events=self.options.events,
                                state=self.fresh("state"))
            bare.append(self.consume(prefix))
            bare_cpu = statistics.mean(each["cpuMicrosecondsPerEvent"] for each in bare)
            bare_rate = statistics.mean(each["eventsPerSecond"] for each in bare)
            rates.append(work["eventsPerSecond"] / bare_rate)
            cpus.append(work["cpuMicrosecondsPerEvent"] / bare_cpu)
            peaks.append(work["peakMegabytes"])
        self.row("rate, one thread / bare loop", statistics.median(rates), ">=", 0.35, "work")
        self.row("CPU per event / bare loop", statistics.median(cpus), "<=", 2.8, "work")
        self.row("peak memory, MB", statistics.median(peaks), None, None, "work")

    def consume(self, prefix):
        return self.measure("consume", prefix=prefix, events=self.options.events)

    def containment(self):
        """Critical failure produced -> holdApplied seen, beside what exactly-once must cost."""
        prefix = self.topics("contain.")
        state = self.fresh("contain-state")
        medians, tails = [], []
        for number in range(self.options.rounds):
            floor = self.contain(prefix, "f%d" % number, [
                self.tool, "floor", "bootstrap=" + self.broker.bootstrap, "prefix=" + prefix,
                "seconds=%d" % (self.options.seconds + 25)])
            ours = self.contain(prefix, "w%d" % number, [
                self.command, "run", "--log", "kafka://" + self.broker.bootstrap,
                "--topic-prefix", prefix, "--state", state, "--deployment", "bench"])
            medians.append(ours["p50"] / floor["p50"])
            tails.append(ours["p99"] / floor["p99"])
        self.row("containment p50 / floor", statistics.median(medians), "<=", 1.5, "contain")
        self.row("containment p99 / floor", statistics.median(tails), "<=", 2.0, "contain")

    def contain(self, prefix, name, command):
        """The meter runs while `command` does the work; all is warm before the first sample."""
        log = open(os.path.join(self.directory, name + ".log"), "wb")
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   env=self.environment, start_new_session=True)
        try:
            return self.measure("contain", prefix=prefix, name=name, warmup=10,
                                seconds=self.options.seconds + 10)
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            log.close()

    def dedupe(self):
        """The window from 1 to 20 million ids."""
        found = self.measure("dedupe", kafka=False)
        costs = [found[name] for name in found if name.startswith("nanosecondsAt")]
        sizes = [found[name] for name in found if name.startswith("bytesPerIDAt")]
        self.row("dedupe, dearest / cheapest size", max(costs) / min(costs), "<=", 1.2, "dedupe")
        self.row("dedupe, bytes per id at most", max(sizes), "<=", 64, "dedupe")
        self.row("dedupe, entries moved by one insert", found["entriesMovedMax"], "<=", 20_000,
                 "dedupe")
        self.row("dedupe, slowest insert, us", found["slowestInsertMicroseconds"], None, None,
                 "dedupe")

    def local(self):
        """The whole pipeline over the embedded log."""
        rates = []
        for _ in range(self.options.rounds):
            log = self.fresh("local")
            self.run([self.command, "topics", "apply", "--log", "local:" + log])
            count = max(100_000, self.options.events // 4)
            self.measure("load", kafka=False, local=log, events=count)
            work = self.measure("work", kafka=False, local=log, events=count,
                                state=self.fresh("state"))
            rates.append(work["eventsPerSecond"])
        self.row("LocalLog, events/s", statistics.median(rates), ">=", 100_000, "work")

    def restore(self):
        """Rows of a changelog into an empty state file."""
        found = self.measure("restore", kafka=False, state=self.fresh("state"))
        self.row("restore, rows/s", found["eventsPerSecond"], None, None, "restore")

    # -- means -----------------------------------------------------------------------------------

    def topics(self, prefix):
        if self.broker is None:
            self.broker = processes.Broker(os.path.join(self.directory, "kafka"), 1)
        self.run([self.command, "topics", "apply", "--log", "kafka://" + self.broker.bootstrap,
                  "--topic-prefix", prefix])
        return prefix

    def fresh(self, name):
        path = os.path.join(self.directory, name)
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(path)
        return path

    def measure(self, verb, kafka=True, **words):
        if kafka:
            words["bootstrap"] = self.broker.bootstrap
        output = self.run([self.tool, verb, *("%s=%s" % each for each in words.items())])
        found = json.loads(output)
        self.raw.append({"measurement": verb, **found})
        if self.options.output == "human":
            shown = " ".join("%s=%.6g" % each for each in found.items())
            print("  %-9s %s" % (verb, shown), file=sys.stderr, flush=True)
        return found

    def run(self, command):
        done = subprocess.run(command, text=True, stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=300, env=self.environment)
        if done.returncode != 0:
            raise RuntimeError("%s: %s" % (" ".join(command), done.stderr.strip()))
        return done.stdout

    def row(self, name, value, sense, target, verb):
        reached = None if target is None else (
            value <= target if sense == "<=" else value >= target)
        self.rows.append({"figure": name, "value": value, "target": target, "sense": sense,
                          "reached": reached, "measuredBy": "holdfast-bench " + verb})

    def report(self):
        if self.options.output == "json":
            print(json.dumps({"figures": self.rows, "measurements": self.raw}))
            return
        print("%-38s %12s  %-12s %-8s %s" % ("figure", "measured", "target", "", "measured by"))
        for row in self.rows:
            target = "" if row["target"] is None else "%s %g" % (row["sense"], row["target"])
            verdict = {None: "", True: "reached", False: "MISSED"}[row["reached"]]
            print("%-38s %12.4g  %-12s %-8s %s" % (
                row["figure"], row["value"], target, verdict, row["measuredBy"]))

    def close(self):
        if self.broker is not None:
            self.broker.down()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=20, help="of containment, each round")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--output", choices=("human", "json"), default="human")
    options = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="holdfast-bench-")
    bench = Bench(options, directory)
    try:
        for part in options.only:
            getattr(bench, part)()
        bench.report()
    except processes.Missing as missing:
        print("NOT MEASURED: %s" % missing, file=sys.stderr)
        return 77
    finally:
        bench.close()
        shutil.rmtree(directory, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
