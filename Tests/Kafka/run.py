#!/usr/bin/env python3
"""All tests on real Kafka but the kill runs, with the time that each took.

    run.py [--keep] [NAME ...]     NAME: part of a test's name, e.g. security or Messages.test_1

Needs what Tests/Tools/torture.py needs. Exit code 0: all passed; 1: not; 77: nothing was tested.
"""

import argparse
import os
import shutil
import signal
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import plant  # noqa: E402

PARTS = ("kafka_scenario", "kafka_hostile", "kafka_messages", "kafka_lifecycle", "kafka_security",
         "kafka_members")


class Result(unittest.TextTestResult):
    def startTest(self, test):
        self.began = time.monotonic()
        super().startTest(test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.stream.writeln(self.failures[-1][1][-3000:])  # now, not at the end of everything

    def addError(self, test, err):
        super().addError(test, err)
        self.stream.writeln(self.errors[-1][1][-3000:])

    def stopTest(self, test):
        self.stream.writeln("    %.1f s" % (time.monotonic() - self.began))
        super().stopTest(test)


def chosen(suite, names):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from chosen(test, names)
        elif not names or any(name in test.id() for name in names):
            yield test


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", action="store_true", help="leave the directory")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    try:
        plant.find_launcher()
        if shutil.which("kcat") is None:
            raise plant.Missing("no kcat on PATH")
    except plant.Missing as missing:
        print("kafka: NOT RUN: %s" % missing, file=sys.stderr)
        return 77
    print("kafka: %s, in %s" % (plant.find_binary(), plant.open_directory()), flush=True)
    loader, suite = unittest.TestLoader(), unittest.TestSuite()
    for part in PARTS:
        suite.addTests(chosen(loader.loadTestsFromName(part), options.names))
    # Whoever ends us by a signal wants the brokers and workers gone too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    began, passed = time.monotonic(), False
    try:
        runner = unittest.TextTestRunner(verbosity=2, resultclass=Result, stream=sys.stdout)
        passed = runner.run(suite).wasSuccessful()
    finally:
        plant.close(keep=options.keep or not passed)
        if not passed:
            print("kafka: what was written is in %s" % plant.directory)
    print("kafka: %s after %.0f s" % (
        "passed" if passed else "FAILED", time.monotonic() - began))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
