"""Whether anything is decided while everything breaks: without that, a run would prove nothing."""

import threading
import time

from kafka_reader import Reader, ReadError

AUDIT = "holdfast.audit"
EVERY = 2.0
STALL_MAX = 90.0  # of no batch at all: three sessions, and what a broker needs to come back


class Progress(threading.Thread):
    """Watches the batch records' ends; nothing but their growth counts."""

    def __init__(self, bootstrap):
        super().__init__(daemon=True)
        self.reader, self.over = Reader(bootstrap), threading.Event()
        self.total, self.grew_at, self.longest = 0, time.monotonic(), 0.0
        self.began, self.partitions = time.monotonic(), None

    def run(self):
        try:
            while not self.over.wait(EVERY):
                self._look()
        finally:
            self.reader.close()

    def _look(self):
        try:
            if self.partitions is None:
                self.partitions = self.reader.topics()[AUDIT]
            total = sum(self.reader.watermarks(AUDIT, p)[1] for p in range(self.partitions))
        except (ReadError, KeyError):
            return  # a broker is away: the stall goes on
        now = time.monotonic()
        self.longest = max(self.longest, now - self.grew_at)
        if total > self.total:
            self.total, self.grew_at = total, now

    def stalled(self):
        """A sentence when nothing was decided for too long."""
        silent = time.monotonic() - self.grew_at
        return "nothing was decided for %.0f s" % silent if silent > STALL_MAX else None

    def end(self):
        if not self.over.is_set():
            self.over.set()
            if self.is_alive():
                self.join(60)

    def text(self):
        return "the longest time without a batch was %.0f s" % self.longest
