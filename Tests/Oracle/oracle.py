#!/usr/bin/env python3
"""The oracle: computes from the input and its order what Holdfast had to do, and compares.

    oracle.py [--failures-only [--lot-prefix P]] [--partitions N] [--deployment NAME]
              [--topic-prefix P] [--gates-compacted] [--clock-ahead SECONDS] DUMP.ndjson...

Exit code 0 and counts when all is well; else 1 and the first differences.
"""

import argparse
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import failures
import logdump
import replay
from compare import Outputs, compare_dead_letters
from facts import AUDIT, MES, QMS, SIGNALS
from intake import read_all
from replay import Replay

SHOWN_MAX = 20


class Report:
    """Collects differences: a kind and a sentence."""

    def __init__(self):
        self.found = []

    def __call__(self, kind, text):
        self.found.append((kind, text))

    def kinds(self):
        return {kind for kind, _ in self.found}

    def show(self, out):
        for kind, text in self.found[:SHOWN_MAX]:
            print("DIFFERENCE %s: %s" % (kind, text), file=out)
        if len(self.found) > SHOWN_MAX:
            print("... and %d more" % (len(self.found) - SHOWN_MAX), file=out)
        totals = {}
        for kind, _ in self.found:
            totals[kind] = totals.get(kind, 0) + 1
        print("differences: " + ", ".join("%s %d" % item for item in sorted(totals.items())),
              file=out)


def partition_count(dump):
    return 1 + max((number for topic, number in list(dump.parts) + list(dump.low)
                    if topic in (MES, QMS, SIGNALS, AUDIT)), default=0)


def examine(dump, partitions=None, deployment=None, failures_only=False, lot_prefix="",
            gates_compacted=False):
    """Returns (report, counts)."""
    report = Report()
    for record in dump.repeated():
        report("dump", "%s stands in the dump twice" % record.place())
    partitions = partitions or partition_count(dump)
    read_all(dump, partitions)
    outputs = Outputs(dump, report, deployment)
    if failures_only:
        return report, failures.check(dump, outputs, report, lot_prefix)
    replay = Replay(dump, partitions, report).run()
    replay.check_timers_to()
    outputs.compare(replay.expected, replay.policies, gates_compacted)
    rows = outputs.compare_gates(replay.expected)
    compare_dead_letters(dump, replay.refusals, report)
    counts = dict(replay.totals, signals=len(replay.signals), gateRows=rows,
                  deadLetters=len(replay.refusals))
    for event in replay.expected:
        name = event.type.split(".")[1]
        counts[name] = counts.get(name, 0) + 1
    return report, counts


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dumps", nargs="+", metavar="DUMP")
    parser.add_argument("--failures-only", action="store_true")
    parser.add_argument("--lot-prefix", default="")
    parser.add_argument("--partitions", type=int)
    parser.add_argument("--deployment")
    parser.add_argument("--topic-prefix", default="")
    parser.add_argument("--gates-compacted", action="store_true")
    parser.add_argument("--clock-ahead", type=float, default=1.0,
                        help="seconds by which a worker's clock may have been ahead")
    options = parser.parse_args(arguments)
    replay.READABLE_WITHIN_US = int(options.clock_ahead * 1_000_000)
    dump = logdump.load(options.dumps, options.topic_prefix)
    report, counts = examine(
        dump, options.partitions, options.deployment, options.failures_only, options.lot_prefix,
        options.gates_compacted)
    if report.found:
        report.show(sys.stdout)
        return 1
    print("oracle: all as it had to be: " + ", ".join("%s %d" % item for item in counts.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
