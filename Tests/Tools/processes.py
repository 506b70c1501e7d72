"""Brokers and workers as processes: started, killed, frozen and ended by their own pids."""

import os
import shutil
import signal
import socket
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Missing(Exception):
    """Something that the machine would have to have."""


def find_launcher():
    """The broker launcher: KAFKA_BROKER, else beside the package."""
    named = os.environ.get("KAFKA_BROKER")
    path = named or os.path.join(ROOT, os.pardir, "shared", "kafka", "broker")
    if not os.access(path, os.X_OK):
        raise Missing("no broker launcher at %s (set KAFKA_BROKER)" % path)
    if os.environ.get("KAFKA_LIBS") is None and not os.path.isdir(
            os.path.join(os.path.dirname(path), "libs")):
        libs = os.path.join(os.environ.get("KAFKA_HOME", ""), "libs")
        if not os.path.isdir(libs):
            raise Missing("no Kafka jars beside %s (set KAFKA_LIBS or KAFKA_HOME)" % path)
        os.environ["KAFKA_LIBS"] = libs  # the launcher's own name for it
    if shutil.which("java") is None:
        raise Missing("no java on PATH (openjdk-17-jre-headless)")
    return os.path.abspath(path)


def find_binary():
    """The newest of the built commands."""
    built = [os.path.join(ROOT, ".build", kind, "holdfast") for kind in ("release", "debug")]
    built = [path for path in built if os.access(path, os.X_OK)]
    if not built:
        raise RuntimeError("no holdfast in .build: swift build first, or --binary PATH")
    return max(built, key=os.path.getmtime)


class Broker:
    def __init__(self, directory, nodes, settings=()):
        self.launcher, self.directory, self.nodes = find_launcher(), directory, nodes
        up = ("up", "--nodes", str(nodes), *settings)
        try:
            found = self._run(*up)
        except RuntimeError as error:
            # The launcher draws a cluster id; one in 64 begins with a dash and is taken for a flag.
            if "--cluster-id" not in str(error):
                raise
            found = self._run(*up)
        self.bootstrap = found.split()[-1]

    def _run(self, verb, *arguments):
        done = subprocess.run([self.launcher, verb, self.directory, *arguments], text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=180)
        if done.returncode != 0:
            raise RuntimeError("broker %s: %s" % (verb, done.stderr.strip()))
        return done.stdout

    def kill(self, node):
        self._run("kill", str(node))

    def start(self, node):
        self._run("start", str(node))

    def start_soon(self, node):
        """Starts a node without waiting; `answers` tells when it is up. The launcher gives up
        after 30 s, which a busy machine may need."""
        return subprocess.Popen([self.launcher, "start", self.directory, str(node)],
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)

    def answers(self, node):
        host, port = self.bootstrap.split(",")[node - 1].rsplit(":", 1)
        try:
            socket.create_connection((host, int(port)), 1).close()
        except OSError:
            return False
        return True

    def pause(self, node):
        self._run("pause", str(node))

    def resume(self, node):
        self._run("resume", str(node))

    def down(self):
        self._run("down")


class Worker:
    """One `holdfast run`, again and again under the same name."""

    def __init__(self, name, binary, bootstrap, directory, extra=()):
        self.name, self.directory = name, os.path.join(directory, name)
        self.state = os.path.join(self.directory, "state")
        os.makedirs(self.state, exist_ok=True)
        self.command = [binary, "run", "--log", "kafka://" + bootstrap, "--state", self.state,
                        "--instance", name, *extra]
        self.process, self.frozen, self.starts, self.exits = None, False, 0, []

    @property
    def log(self):
        return os.path.join(self.directory, "run.log")

    def start(self):
        # A dead process' backtrace may hang and hold the pipe: no backtraces of what we kill.
        environment = dict(os.environ, SWIFT_BACKTRACE="enable=no", **self.environment())
        with open(self.log, "ab") as log:
            log.write(b"--- start %d\n" % self.starts)
            log.flush()
            self.process = subprocess.Popen(
                [*self.prefix(), *self.command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=environment, start_new_session=True)
        self.starts, self.frozen = self.starts + 1, False

    def environment(self):
        """More variables of the process: for those who need them."""
        return {}

    def prefix(self):
        """What stands before the command, and becomes it."""
        return []

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def ended_itself(self):
        """The exit code of a worker that nobody killed; told once."""
        if self.process is None or self.process.poll() is None:
            return None
        code, self.process = self.process.returncode, None
        self.exits.append(code)
        return code

    def kill(self, delete_state=False):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
        if delete_state:
            shutil.rmtree(self.state, ignore_errors=True)
            os.makedirs(self.state)

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)
        self.frozen = True

    def thaw(self):
        if self.frozen and self.alive():
            self.process.send_signal(signal.SIGCONT)
        self.frozen = False

    def terminate(self, seconds):
        """SIGTERM; the exit code, or None when it had to be killed."""
        if not self.alive():
            return None if self.process is None else self.process.returncode
        self.thaw()
        self.process.terminate()
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return None
        self.process = None
        return code

    def tail(self, lines=15):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return "".join(log.readlines()[-lines:])


class Producer:
    """Two kcats at the ends of pipes: an independent client, partitioned as Java producers do."""

    def __init__(self, bootstrap, topics, settings=("-X", "enable.idempotence=true")):
        self.pipes = {topic: subprocess.Popen(
            ["kcat", "-P", "-b", bootstrap, "-t", topic, "-K", "\\t", "-Z",
             "-X", "partitioner=murmur2_random", "-X", "message.max.bytes=2000000",
             "-X", "linger.ms=5", *settings],
            stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) for topic in topics}

    def send(self, topic, line):
        self.pipes[topic].stdin.write(line)

    def flush(self):
        for pipe in self.pipes.values():
            pipe.stdin.flush()

    def finish(self, seconds=120):
        for pipe in self.pipes.values():
            pipe.stdin.close()
        for topic, pipe in self.pipes.items():
            if pipe.wait(seconds) != 0:
                raise RuntimeError("kcat could not produce to %s" % topic)

    def kill(self):
        for pipe in self.pipes.values():
            if pipe.poll() is None:
                pipe.kill()
                pipe.wait()
            try:
                pipe.stdin.close()
            except BrokenPipeError:  # what nobody will read any more
                pass


def wait_until(question, seconds, every=0.5):
    """Asks until it is true; false when the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if question():
            return True
        time.sleep(every)
    return False
