#!/usr/bin/env python3
"""Torture: three brokers, three workers, and faults by seed; then the oracle and verify judge.

    torment.py [--minutes 5] [--seed S] [--faults A,B,...] [--list-faults] [--dry-run]
    torment.py --kills 1000 [--seed S] [--faults A,B,...]

    torment.py                                   five minutes of everything, all told
    torment.py --minutes 30 --seed 7             longer; the seed gives the same schedule again
    torment.py --faults freeze-long,broker-kill  these two alone
    torment.py --seed 7 --dry-run                prints the schedule, strikes nobody
    torment.py --kills 1000                      workers are killed as fast as they come back

Needs the broker launcher (KAFKA_BROKER, else ../shared/kafka/broker), its jars (KAFKA_LIBS), java
and kcat; small disks and networks also root, or what stands in for it. What the machine lacks is
said, and the rest is done. Exit code 0 when the outputs are what they had to be; 1 when not; 64
when the command line is wrong; 77 when nothing could be tested.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import stage  # noqa: E402
import checks  # noqa: E402
import faults  # noqa: E402
import schedule  # noqa: E402
from kafka_reader import ReadError  # noqa: E402
from processes import Missing, find_binary, find_launcher  # noqa: E402
from victim import PHASES  # noqa: E402

RATE = 400              # events a second: two cores carry three brokers, three workers and kcat
BEFORE, AFTER = 25, 75  # seconds: brokers and workers start; drain, dump, oracle, verify
JUDGED_A_SECOND = 4_000  # events, by dump, oracle and verify together
FAULTY_MIN = 20
NOT_RUN, USAGE = 77, 64


def fault_seconds(minutes, rate):
    """What is left of the time for faults, so that the whole run takes `minutes`."""
    left = minutes * 60 - BEFORE - AFTER
    return max(FAULTY_MIN, left / (1 + rate / JUDGED_A_SECOND))


class Torment(stage.Stage):
    def __init__(self, options, directory):
        super().__init__(options, directory)
        self.out = sys.stderr if options.output == "json" else None
        if any(fault.name == "clock" for fault in options.chosen):
            self.oracle_flags = ("--clock-ahead", str(checks.EARLY_MAX_MS / 1000))

    def say(self, text):
        print("torture %6.1f s: %s" % (time.monotonic() - self.started, text), flush=True,
              file=sys.stderr if self.options.output == "json" else sys.stdout)

    def judge(self):
        counts, complaints = checks.examine(self.broker.bootstrap)
        self.verdicts = {"clocks": "passed" if not complaints else "FAILED"}
        for text in complaints[:10]:
            self.say("FAILED: %s" % text)
        self.counts = counts
        self.say("batch records: " + ", ".join("%s %d" % item for item in counts.items()))
        code = super().judge() | (1 if complaints else 0)
        return code

    def judged(self, name, code):
        self.verdicts[name] = "passed" if code == 0 else "FAILED"

    def summary(self, code):
        options, workers = self.options, self.workers
        total = {phase: sum(w.killed_in[phase] for w in workers) for phase in PHASES}
        signals = {}
        for worker in workers:
            for name, count in worker.signals.items():
                signals[name] = signals.get(name, 0) + count
        return {
            "passed": code == 0, "seed": options.seed, "minutes": options.minutes,
            "seconds": round(time.monotonic() - self.started, 1),
            "faults": {name: {"struck": struck, "skipped": skipped}
                       for name, (struck, skipped) in sorted(self.strikes.items())},
            "notAvailable": options.missing,
            "kills": {"total": sum(total.values()), **total,
                      "statesDeleted": self.done["states deleted"]},
            "ownExits": {str(code): count for code, count in sorted(self.exits.items())},
            "diskFullTold": len(self.disk_words),
            "sent": self.feed.sent if self.feed else 0,
            "repeated": self.feed.repeated if self.feed else 0,
            "decided": getattr(self, "counts", {}),
            "longestStallSeconds": round(self.progress.longest, 1) if self.progress else None,
            "signals": dict(sorted(signals.items())),
            "verdicts": getattr(self, "verdicts", {}),
            "failure": self.failure,
            "schedule": [strike.row() for strike in options.schedule]}


def arguments(argv):
    parser = argparse.ArgumentParser(
        prog="torment.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, help="wall clock of all; default 5")
    parser.add_argument("--seed", type=int, help="of events and faults; default drawn, and told")
    parser.add_argument("--kills", type=int, default=0, help="kill -9 so often, then stop")
    parser.add_argument("--faults", help="comma-separated; default all, with --kills none")
    parser.add_argument("--list-faults", action="store_true")
    parser.add_argument("--dry-run", action="store_true", help="print the schedule and end")
    parser.add_argument("--gap", type=float, default=2.2, help="seconds between strikes")
    parser.add_argument("--rate", type=int, default=RATE, help="events a second")
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--disk-megabytes", type=int, default=96)
    parser.add_argument("--output", choices=("human", "json"), default="human")
    parser.add_argument("--binary")
    parser.add_argument("--dir", help="where to work; default a temporary directory")
    parser.add_argument("--keep", action="store_true", help="leave logs and dump")
    parser.add_argument("worker_args", nargs="*", help="after --: more arguments of `run`")
    options = parser.parse_args(argv)
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(1, 1_000_000)
    names = [fault.name for fault in faults.ALL]
    if options.faults is None:
        options.faults = [] if options.kills else names
    else:
        options.faults = [name for name in options.faults.split(",") if name]
    wrong = [name for name in options.faults if name not in faults.BY_NAME]
    if wrong:
        parser.error("no fault is called %s; there are: %s" % (
            ", ".join(wrong), ", ".join(names)))
    if options.minutes is None:
        options.minutes = 5.0 if not options.kills else options.kills * 2.5 / 60 + 5
    return options


def prepare(options):
    """Chooses the faults that this machine can have, and makes the schedule."""
    options.missing, options.chosen = {}, []
    for name in options.faults:
        reason = faults.BY_NAME[name].why_not()
        if reason:
            options.missing[name] = reason
        else:
            options.chosen.append(faults.BY_NAME[name])
    options.fault_seconds = fault_seconds(options.minutes, options.rate)
    options.before, options.fault_min = BEFORE, FAULTY_MIN
    options.schedule = schedule.plan(
        options.chosen, options.seed, options.fault_seconds, options.workers,
        options.gap) if options.chosen else []
    options.deadline = options.minutes * 60 + 300
    options.catch_up, options.broker_kill = 120, True


def tell(options, say):
    for name, reason in options.missing.items():
        line = "#" * 76
        say("%s\n## NOT DONE: %s: %s\n%s" % (line, name, reason, line))
    say("seed %d, %.0f s of faults: %s%s" % (
        options.seed, options.fault_seconds,
        ", ".join(fault.name for fault in options.chosen) or "none but kills",
        "; %d kills" % options.kills if options.kills else ""))


def main(argv=None):
    try:
        options = arguments(argv)
    except SystemExit as end:
        return USAGE if end.code else 0
    if options.list_faults:
        for fault in faults.ALL:
            print("%-14s %s" % (fault.name, fault.what))
        return 0
    prepare(options)
    if options.dry_run:
        tell(options, print)
        for strike in options.schedule:
            print(strike.text())
        return 0
    try:
        find_launcher()
        options.binary = os.path.abspath(options.binary) if options.binary else find_binary()
        if shutil.which("kcat") is None:
            raise Missing("no kcat on PATH")
    except Missing as missing:
        print("torture: NOT RUN: %s" % missing, file=sys.stderr)
        return NOT_RUN
    except RuntimeError as error:  # ours to have built: no reason to skip
        print("torture: FAILED: %s" % error, file=sys.stderr)
        return 1
    os.environ.setdefault("HEAP", "256m")
    return perform(options)


def perform(options):
    directory = tempfile.mkdtemp(prefix="holdfast-torture-", dir=options.dir)
    run, code = Torment(options, directory), 1
    try:
        tell(options, run.say)
        code = run.run()
    except (RuntimeError, ReadError, OSError, subprocess.SubprocessError) as error:
        run.fail(str(error))
        run.say("FAILED: %s" % error)
    finally:
        run.clean_up()
        if code == 0 and not options.keep:
            shutil.rmtree(directory, ignore_errors=True)
        else:
            run.say("logs and dump are in %s" % directory)
    summary = run.summary(code)
    if options.output == "json":
        print(json.dumps(summary, indent=1))
    else:
        for name in ("faults", "kills", "ownExits", "decided", "signals", "verdicts"):
            run.say("%s: %s" % (name, json.dumps(summary[name])))
    run.say("%s (seed %d; `torment.py --seed %d --minutes %g` has the same schedule)" % (
        "passed" if code == 0 else "FAILED", options.seed, options.seed, options.minutes))
    return code


if __name__ == "__main__":
    sys.exit(main())
