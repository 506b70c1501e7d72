"""A worker that can be made to live badly: in a network of its own, on a small disk, with a clock
that is moved.
"""

import glob
import os
import shutil
import subprocess

from life import PHASES, Life
from processes import Worker

LIBRARY = "/usr/lib/*/faketime/libfaketimeMT.so.1"


def clock_library():
    """libfaketime for threads, or None."""
    return next(iter(sorted(glob.glob(LIBRARY))), None)


class Victim(Worker):
    def __init__(self, name, binary, bootstrap, directory, extra=()):
        super().__init__(name, binary, bootstrap, directory,
                         ["--output", "json", "--verbose", *extra])
        self.network, self.disk, self.clock = None, None, None
        self.away = False     # somebody means it to stay dead for now
        self.leaving = False  # SIGTERM was sent
        self.rests_until = 0.0
        self.life, self.lives_records, self.lives_commits = None, 0, 0
        self.signals = {}
        self.killed_in = dict.fromkeys(PHASES, 0)

    # -- its surroundings -----------------------------------------------------------------------

    def use_disk(self, megabytes):
        """Its state goes onto a file system that can be filled; raises OSError."""
        path = os.path.join(self.directory, "disk")
        os.makedirs(path)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%dm" % megabytes, "tmpfs",
                               path], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise OSError(done.stderr.strip())
        self.disk = path
        old, self.state = self.state, os.path.join(path, "state")
        os.makedirs(self.state)
        self.command = [self.state if part == old else part for part in self.command]

    def fill_disk(self):
        with open(os.path.join(self.disk, "ballast"), "wb", buffering=0) as ballast:
            for size in (1 << 20, 4096, 1):  # down to the last byte
                try:
                    while True:
                        ballast.write(b"\0" * size)
                except OSError:
                    continue

    def free_disk(self):
        os.unlink(os.path.join(self.disk, "ballast"))

    def set_clock(self, seconds):
        """Moves the wall clock of a worker that was started with one; within a second."""
        path = os.path.join(self.directory, "clock")
        with open(path + ".new", "w", encoding="ascii") as file:
            file.write("%+d\n" % seconds)
        os.replace(path + ".new", path)
        self.clock = seconds

    def environment(self):
        if self.clock is None:
            return {}
        return {"LD_PRELOAD": clock_library(), "DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1",
                "FAKETIME_TIMESTAMP_FILE": os.path.join(self.directory, "clock"),
                "FAKETIME_CACHE_DURATION": "1"}

    def prefix(self):
        """Under libfaketime some program has to go before: the library's first process changes its
        environment so early that Swift's runtime does not find the arguments any more."""
        if self.network:
            return self.network.prefix
        return [] if self.clock is None else ["env"]

    # -- its life -------------------------------------------------------------------------------

    def start(self):
        super().start()
        self.life = Life(self.log)

    def observe(self):
        """The phase that it is in."""
        return self.life.read().phase if self.life else None

    @property
    def commits(self):
        """In all its lives, as far as they have told."""
        return self.lives_commits + (self.life.commits if self.life else 0)

    def _bury(self):
        if self.life:
            self.life.read()
            self.lives_records += self.life.records
            self.lives_commits += self.life.commits
            for name, count in self.life.seen.items():
                self.signals[name] = self.signals.get(name, 0) + count
            self.life.records, self.life.commits, self.life.seen = 0, 0, {}

    def ended_itself(self):
        code = super().ended_itself()
        if code is not None:
            self._bury()
        return code

    def kill(self, delete_state=False):
        """Kills; gives the phase that it was in, None when nothing was alive."""
        phase = self.observe() if self.alive() else None
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self._sweep(self.process.pid)
            self.process = None
        if phase:
            self.killed_in[phase] += 1
        self._bury()
        if delete_state:
            shutil.rmtree(self.state, ignore_errors=True)
            os.makedirs(self.state, exist_ok=True)
        return phase

    def _sweep(self, pid):
        """What libfaketime of a killed process leaves behind."""
        for name in ("faketime_shm_%d", "sem.faketime_sem_%d"):
            try:
                os.unlink(os.path.join("/dev/shm", name % pid))
            except OSError:
                pass

    def terminate(self, seconds):
        code = super().terminate(seconds)
        self._bury()
        return code

    def give_back(self):
        """Undoes what outlives the process."""
        if self.network:
            self.network.close()
        if self.disk:
            subprocess.run(["umount", "-l", self.disk], check=False, stdin=subprocess.DEVNULL)
