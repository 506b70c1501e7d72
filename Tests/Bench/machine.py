"""The broker of this run, the tools under measurement, and directories that vanish with the run."""

import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "Tools"))

import processes  # noqa: E402

ROOT = processes.ROOT
Missing = processes.Missing


class Machine:
    """What the parts measure with; `raw` keeps every measurement as it came."""

    def __init__(self, directory, quiet=False):
        self.directory, self.quiet, self.raw = directory, quiet, []
        self.tool = os.path.join(ROOT, ".build", "release", "holdfast-bench")
        self.command = os.path.join(ROOT, ".build", "release", "holdfast")
        for path in (self.tool, self.command):
            if not os.access(path, os.X_OK):
                raise RuntimeError("no %s: make bench builds it" % path)
        self.environment = dict(os.environ, SWIFT_BACKTRACE="enable=no")
        self._broker = None

    @property
    def broker(self):
        """Started at its first use, and warmed: the first minutes of a cold JVM are its own."""
        if self._broker is None:
            self._broker = processes.Broker(os.path.join(self.directory, "kafka"), 1)
            self._warm()
        return self._broker

    def _warm(self):
        self.say("warming the broker")
        for number in range(2):
            prefix = self.topics("warm%d." % number)
            self.measure("load", prefix=prefix, events=500_000)
            self.measure("consume", prefix=prefix, events=500_000)
            self.measure("work", prefix=prefix, events=500_000, state=self.fresh("warm"))
        self.raw.clear()

    def topics(self, prefix, partitions=4):
        """Makes the topics under a prefix of their own."""
        self.run([self.command, "topics", "apply", "--log", "kafka://" + self.broker.bootstrap,
                  "--topic-prefix", prefix, "--partitions", str(partitions)])
        return prefix

    def worker(self, prefix, state, *more):
        """The command of a worker on those topics."""
        return [self.command, "run", "--log", "kafka://" + self.broker.bootstrap,
                "--topic-prefix", prefix, "--state", state, "--deployment", "bench", *more]

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def fresh(self, name):
        """An empty directory."""
        path = self.path(name)
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(path)
        return path

    def measure(self, verb, kafka=True, **words):
        """One measurement of the tool, as a dictionary."""
        if kafka:
            words["bootstrap"] = self.broker.bootstrap
        output = self.run(self.words(verb, **words))
        found = json.loads(output)
        self.raw.append({"measurement": verb, **found})
        self.say("%-10s %s" % (verb, " ".join("%s=%.5g" % each for each in found.items())))
        return found

    def words(self, verb, **words):
        return [self.tool, verb, *("%s=%s" % each for each in words.items())]

    def run(self, command):
        done = subprocess.run(command, text=True, stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=400, env=self.environment)
        if done.returncode != 0:
            raise RuntimeError("%s: %s" % (" ".join(command), done.stderr.strip()))
        return done.stdout

    def start(self, command, name):
        """A process of its own whose output goes to a file; end it with `stop`."""
        with open(self.path(name + ".log"), "wb") as log:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                    env=self.environment, start_new_session=True)

    def log(self, name):
        with open(self.path(name + ".log"), encoding="utf-8", errors="replace") as log:
            return log.read().splitlines()

    def say(self, text):
        if not self.quiet:
            print("  " + text, file=sys.stderr, flush=True)

    def close(self):
        if self._broker is not None:
            self._broker.down()
        shutil.rmtree(self.directory, ignore_errors=True)


def stop(process, seconds=30):
    """SIGTERM, and SIGKILL to what does not go."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
