"""The plant at an even pace, by kcat; a producer that dies sends again what it sent last."""

import collections
import subprocess
import threading
import time

import generate
from processes import Producer

REPEATED = 2_000  # records that a producer which died sends again
STEP = 50
PLANT_SECONDS = 48 * 3_600  # of events that could be sent: never all of them
REVIVALS_MAX = 200


class Feed(threading.Thread):
    def __init__(self, bootstrap, seed, rate):
        super().__init__(daemon=True)
        self.bootstrap, self.rate, self.seed = bootstrap, rate, seed
        self.sent, self.repeated, self.revivals, self.failure = 0, 0, 0, None
        self.recent = collections.deque(maxlen=REPEATED)
        self.wanted, self.over = threading.Event(), threading.Event()
        self.producer, self.is_closed = None, False

    def interrupt(self):
        """Kills the producer in the middle; it comes back and repeats itself."""
        self.wanted.set()

    def end(self):
        """No more events; what was given to the producer is delivered."""
        self.over.set()

    def run(self):
        try:
            self._open()
            began = time.monotonic()
            for topic, key, value, _ in generate.events(
                    self.rate * PLANT_SECONDS, self.seed, int(time.time() * 1000),
                    PLANT_SECONDS * 1000):
                if self.over.is_set():
                    break
                self._send(topic, generate.kcat_line(key, value))
                self.sent += 1
                if self.sent % STEP == 0:
                    self._pace(began)
            self._finish()
        except Exception as error:  # told by the main thread, which must not wait for ever
            self.failure = "producing: %r" % error

    def _open(self):
        # Not idempotent: a retry after a lost answer is a duplicate, as from many a real producer.
        self.producer = Producer(self.bootstrap, ("mes.execution", "qms.quality"),
                                 ["-X", "enable.idempotence=false", "-X", "acks=all"])

    def _send(self, topic, line):
        self.recent.append((topic, line))
        try:
            self.producer.send(topic, line)
        except (BrokenPipeError, ValueError):
            self._again()

    def _pace(self, began):
        if self.wanted.is_set():
            self.wanted.clear()
            self._again()
        try:
            self.producer.flush()
        except (BrokenPipeError, ValueError):
            self._again()
        ahead = self.sent / self.rate - (time.monotonic() - began)
        if ahead > 0:
            time.sleep(ahead)

    def _again(self):
        """A new producer that begins with what the last one may not have delivered."""
        if self.is_closed:
            raise RuntimeError("closed")
        self.revivals += 1
        if self.revivals > REVIVALS_MAX:
            raise RuntimeError("the producer ended %d times" % self.revivals)
        self.producer.kill()
        self._open()
        for topic, line in list(self.recent):
            self.producer.send(topic, line)
        self.repeated += len(self.recent)

    def _finish(self):
        try:
            self.producer.finish()
        except (RuntimeError, BrokenPipeError, subprocess.TimeoutExpired):
            self._again()
            self.producer.finish()

    def close(self):
        self.is_closed = True
        self.end()
        if self.producer:
            self.producer.kill()
