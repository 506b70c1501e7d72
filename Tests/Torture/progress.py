"""Whether anything is decided while everything breaks: without that, a run would prove nothing."""

import time

EVERY = 1.0
STALL_MAX = 90.0  # of no commit at all: three sessions, and what a broker needs to come back


class Progress:
    """Watches what the workers say of their commits; nothing but new ones count."""

    def __init__(self):
        self.total, self.looked_at, self.longest = -1, 0.0, 0.0
        self.grew_at = time.monotonic()

    def look(self, workers):
        now = time.monotonic()
        if now - self.looked_at < EVERY:
            return
        self.looked_at = now
        for worker in workers:
            worker.observe()
        total = sum(worker.commits for worker in workers)
        self.longest = max(self.longest, now - self.grew_at)
        if total > self.total:
            self.total, self.grew_at = total, now

    def stalled(self):
        """A sentence when nothing was decided for too long."""
        silent = time.monotonic() - self.grew_at
        return "nothing was decided for %.0f s" % silent if silent > STALL_MAX else None

    def text(self):
        return "the longest time without a commit was %.0f s" % self.longest
