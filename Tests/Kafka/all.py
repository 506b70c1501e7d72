#!/usr/bin/env python3
"""Everything of `make test` that needs a real Kafka: run.py's tests beside the kill runs.

    all.py [--torture ARGS] [KILL_RUN ...]

    KILL_RUN   the arguments of one run of Tests/Tools/torture.py
    ARGS       those of Tests/Torture/torment.py, which comes last, alone

The tests mostly wait (for sessions and transactions to time out), the kill runs mostly work, so
they go side by side. Exit code 0 when all passed. Without a Kafka nothing is tested: that is said
loudly, and it is a failure where CI is set.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TORTURE = os.path.join(os.path.dirname(HERE), "Tools", "torture.py")
TORMENT = os.path.join(os.path.dirname(HERE), "Torture", "torment.py")
NOT_RUN = 77


def not_run():
    line = "#" * 76
    print("%s\n## %-70s ##\n%s" % (
        line, "NOT TESTED ON KAFKA: no launcher, jars, java or kcat. See above.", line))
    return 1 if os.environ.get("CI") else 0


def main():
    began, codes, runs, torture = time.monotonic(), {}, sys.argv[1:], None
    if runs[:1] == ["--torture"]:
        torture, runs = runs[1], runs[2:]
    with tempfile.TemporaryFile("w+") as told:
        tests = subprocess.Popen([sys.executable, os.path.join(HERE, "run.py")], stdout=told,
                                 stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        try:
            for run in runs:
                print("kill run: %s" % run, flush=True)
                codes[run] = subprocess.run([sys.executable, TORTURE, *run.split()]).returncode
                print("kill run: exit %d after %.0f s" % (
                    codes[run], time.monotonic() - began), flush=True)
                if codes[run] == NOT_RUN:
                    break
            codes["run.py"] = tests.wait()
        finally:
            if tests.poll() is None:
                tests.send_signal(signal.SIGTERM)
                tests.wait()
            told.seek(0)
            print(told.read(), flush=True)
    if torture is not None and NOT_RUN not in codes.values():
        print("torture: %s" % torture, flush=True)
        codes["torture"] = subprocess.run([sys.executable, TORMENT, *torture.split()]).returncode
    print("on Kafka: %.0f s in all" % (time.monotonic() - began))
    if NOT_RUN in codes.values():
        return not_run()
    return 0 if not any(codes.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
