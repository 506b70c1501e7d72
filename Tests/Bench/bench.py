#!/usr/bin/env python3
"""`make bench`: speed as ratios within one run, on a real Kafka broker of this run's own.

    bench.py                        everything, some 10 minutes; --quick: some 3
    bench.py --only dedupe,restore  parts: pipeline partitions policy containment dedupe restore
                                    rebalance local
    bench.py --compare              beside the last run of this machine's shape
    bench.py --write-page           tables and pictures of docs/performance.md from this run
    bench.py --flame                a flame graph of the hot path (needs perf)
    bench.py --timeline             where the time of a hold goes, by the broker's own log

Absolute figures say more about the machine than about Holdfast, so each figure stands beside what
bounds it, measured minutes apart on the same broker. Parts repeat their measurements in turn, and
medians are compared. Each run is a line of docs/performance/history.ndjson (--no-history: none).
"""

import argparse
import json
import sys
import tempfile
import types

import figures as book
import flame
import history
import page
from machine import Machine, Missing
from parts import PARTS
from timeline import timeline

FULL = types.SimpleNamespace(events=2_000_000, rounds=3, seconds=20, ids=50_000_000,
                             rows=1_000_000)
QUICK = types.SimpleNamespace(events=600_000, rounds=1, seconds=10, ids=50_000_000, rows=500_000)


def measure(machine, names, size):
    """Runs the parts; one that fails is told and does not take the others with it."""
    found, failed = book.Figures(), []
    for name in names:
        machine.say("-- %s" % name)
        try:
            PARTS[name](machine, found, size)
        except RuntimeError as error:
            failed.append("%s: %s" % (name, error))
            machine.say("FAILED %s" % failed[-1])
    return found, failed


def show(found, line, machine, options):
    if options.output == "json":
        print(json.dumps({"run": line, "series": found.series, "measurements": machine.raw}))
        return
    print(book.table(found))
    if options.compare:
        print()
        print(history.comparison(line))


def run(options):
    size = QUICK if options.quick else FULL
    for name in ("events", "rounds", "seconds"):
        if getattr(options, name) is not None:
            size = types.SimpleNamespace(**{**vars(size), name: getattr(options, name)})
    names = [name for name in PARTS if not options.only or name in options.only]
    machine = Machine(tempfile.mkdtemp(prefix="holdfast-bench-"),
                      quiet=options.output == "json")
    try:
        if options.flame:
            print(flame.record(machine, page.PICTURES))
            return 0
        if options.timeline:
            print("\n".join(timeline(machine, size)))
            return 0
        found, failed = measure(machine, names, size)
        line = history.line(found, quick=options.quick, parts=names)
        show(found, line, machine, options)
        if not options.no_history and not failed:
            history.append(line)
        if options.write_page:
            page.write(found, line)
    finally:
        machine.close()
    for why in failed:
        print("NOT MEASURED: " + why, file=sys.stderr)
    return 1 if failed else 0


def parts_list(text):
    names = [name for name in text.split(",") if name]
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        raise argparse.ArgumentTypeError("no part %s; there are %s" % (
            ", ".join(unknown), ", ".join(PARTS)))
    return names


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=parts_list, metavar="PART,...")
    parser.add_argument("--quick", action="store_true", help="smaller and once, some 3 minutes")
    parser.add_argument("--compare", action="store_true")
    parser.add_argument("--write-page", action="store_true")
    parser.add_argument("--flame", action="store_true")
    parser.add_argument("--timeline", action="store_true")
    parser.add_argument("--no-history", action="store_true")
    parser.add_argument("--events", type=int, help="of the pipeline, each round")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=int, help="of containment, each round")
    parser.add_argument("--output", choices=("human", "json"), default="human")
    try:
        return run(parser.parse_args())
    except Missing as missing:
        print("NOT MEASURED: %s" % missing, file=sys.stderr)
        return 77


if __name__ == "__main__":
    sys.exit(main())
