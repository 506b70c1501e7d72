"""The test's side of relay.py: one worker's network, which it may cut and mend."""

import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


class Network:
    """A namespace with a relay. `prefix` stands before a command that is to run inside."""

    def __init__(self, bootstrap):
        ports = [address.rsplit(":", 1)[1] for address in bootstrap.split(",")]
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "relay.py"), *ports], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        words = self.process.stdout.readline().split()
        if not words:
            self.process.wait(10)
            raise OSError(self.process.stderr.read().strip() or "the relay ended")
        self.prefix = ["nsenter", "-t", words[1], "-n"]
        if words[2] == "user":
            self.prefix[1:1] = ["--preserve-credentials", "-U"]

    def be(self, mode):
        """Returns when the relay does so; OSError when it has ended."""
        self.process.stdin.write(mode + "\n")
        self.process.stdin.flush()
        if self.process.stdout.readline().strip() != mode:
            raise OSError("the relay ended: %s" % self.process.stderr.read().strip())

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


def why_not():
    """Why networks cannot be cut here; None when they can."""
    if shutil.which("nsenter") is None:
        return "no nsenter on PATH (util-linux)"
    try:
        network = Network("127.0.0.1:9")
    except OSError as error:
        return "no network namespace here: %s" % error
    try:
        done = subprocess.run([*network.prefix, "true"], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=30)
        return None if done.returncode == 0 else "nsenter: " + done.stderr.strip()
    finally:
        network.close()
