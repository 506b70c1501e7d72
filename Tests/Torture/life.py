"""What a worker's log says of its life since it was started: which phase it is in, what it did."""

import json
import os
import re

#: From the first instruction to decisions that are committed.
PHASES = ("startup", "joining", "restoring", "running")
_TASK = re.compile(r"task (\d+) ")


class Life:
    """Reads what is new in the log of one start; told by the worker's own named signals."""

    def __init__(self, path):
        self.path, self.at, self.rest = path, os.path.getsize(path), b""
        self.joined, self.commits, self.records = False, 0, 0
        self.assigned, self.restored, self.seen = set(), set(), {}
        self.last_words = ""

    def read(self):
        with open(self.path, "rb") as log:
            log.seek(self.at)
            data = log.read()
        self.at += len(data)
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            try:
                row = json.loads(line)
                self._note(row["signal"], row["text"])
            except (ValueError, KeyError, TypeError):
                self.last_words = line.decode(errors="replace")  # the command's own error
        return self

    def _note(self, signal, text):
        self.seen[signal] = self.seen.get(signal, 0) + 1
        found = _TASK.search(text)
        task = int(found[1]) if found else None
        if signal == "threadStarted":
            self.joined = True
        elif signal == "taskAssigned":
            self.assigned.add(task)
        elif signal == "taskRestored":
            self.restored.add(task)
        elif signal == "storeReopened":
            self.restored.discard(task)
        elif signal in ("taskReleased", "taskLost", "taskRevoked"):
            self.assigned.discard(task)
            self.restored.discard(task)
        elif signal == "batchCommitted":
            self.commits += 1
            self.records += int(text.split(" ", 2)[1])
        elif signal == "failed":
            self.last_words = text

    @property
    def phase(self):
        if not self.joined:
            return "startup"
        if not self.assigned:
            return "joining"
        return "restoring" if self.assigned - self.restored else "running"
