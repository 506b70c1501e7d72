"""Kill -9 as fast as workers come back: each life has an aim, drawn by seed, and dies at it."""

import random
import time

LIFE_MAX = 25.0  # dies then, whatever it was meant for
AIMS = (("startup", 0.15), ("joining", 0.1), ("restoring", 0.15), ("running", 0.6))
WIPED = 0.03
SAID_EVERY = 50


class Aim:
    """When a life is to end."""

    def __init__(self, seed, worker):
        rng = random.Random("%s/%s/%d" % (seed, worker.name, worker.starts))
        self.number, self.born = worker.starts, time.monotonic()
        self.phase = rng.choices([aim for aim, _ in AIMS], [share for _, share in AIMS])[0]
        # A life that runs may also last, or nothing but beginnings would be killed.
        self.wait = (min(rng.expovariate(1.0), 6.0) if self.phase == "running" else
                     rng.uniform(0, 0.05 if self.phase == "restoring" else 0.4))
        self.wipes = rng.random() < WIPED
        self.since = None

    def reached(self, life):
        now, phase = time.monotonic(), life.read().phase
        if now - self.born > LIFE_MAX:
            return True
        order = ("startup", "joining", "restoring", "running")
        here = order.index(phase) >= order.index(self.phase)
        if self.phase == "running":
            here = here and life.commits > 0
        if here and self.since is None:
            self.since = now
        return self.since is not None and now - self.since >= self.wait


class Storm:
    def __init__(self, stage, kills, seed):
        self.stage, self.kills, self.seed, self.aims = stage, kills, seed, {}

    @property
    def over(self):
        return self.stage.done["kills"] >= self.kills

    def turn(self):
        for worker in self.stage.workers:
            if self.over or worker.away or not worker.alive():
                continue
            aim = self.aims.get(worker.name)
            if aim is None or aim.number != worker.starts:
                aim = self.aims[worker.name] = Aim(self.seed, worker)
            if aim.reached(worker.life):
                self.stage.kill(worker.name, 0.0, aim.wipes)
                if self.stage.done["kills"] % SAID_EVERY == 0:
                    self._say()

    def _say(self):
        stage = self.stage
        phases = {}
        for worker in stage.workers:
            for phase, count in worker.killed_in.items():
                phases[phase] = phases.get(phase, 0) + count
        stage.say("%d kills (%s); %d events sent, %d records decided" % (
            stage.done["kills"], ", ".join("%s %d" % item for item in phases.items()),
            stage.feed.sent, sum(w.lives_records for w in stage.workers)))
