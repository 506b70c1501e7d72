"""One list of faults by seed: what is struck, at which second, and for how long.

The list is made before the run and depends on the seed, the time and the chosen faults alone, so a
failing run is named by them. What happens between two strikes is still luck.
"""

import dataclasses
import random

HEAL_MARGIN = 2.0  # between two faults of the same thing


@dataclasses.dataclass(frozen=True)
class Strike:
    second: float
    fault: str
    target: str        # w0..., n1... (a broker), brokers, producer
    seconds: float     # until it is healed; 0: nothing to heal
    how: tuple = ()    # what the fault drew: (name, value) pairs

    def text(self):
        return "%6.1f s  %-13s %-8s %s%s" % (
            self.second, self.fault, self.target,
            "for %.1f s " % self.seconds if self.seconds else "",
            " ".join("%s=%s" % pair for pair in self.how))

    def row(self):
        return dict(dataclasses.asdict(self), how=dict(self.how))


class Busy:
    """Until when each thing is struck, so that only what may overlap does."""

    def __init__(self):
        self.until = {}

    def free(self, keys, second):
        return all(self.until.get(key, -1.0) <= second for key in keys)

    def take(self, keys, second):
        for key in keys:
            self.until[key] = second


def plan(faults, seed, seconds, workers, gap):
    """Strikes in order. Each chosen fault comes once before any comes by its weight."""
    rng = random.Random("%s/%s" % (seed, ",".join(sorted(fault.name for fault in faults))))
    first = sorted(faults, key=lambda fault: fault.name)
    rng.shuffle(first)
    # What lasts long comes early, else a short run would have no room for it.
    first.sort(key=lambda fault: -fault.longest)
    waiting, busy, strikes, second = first, Busy(), [], rng.uniform(1.0, 3.0)
    while second < seconds:
        candidates = waiting or rng.choices(
            faults, [fault.weight for fault in faults], k=len(faults))
        for fault in candidates:
            strike = _draw(fault, rng, busy, second, seconds, workers)
            if strike:
                strikes.append(strike)
                waiting = [other for other in waiting if other is not fault]
                break
        second += rng.uniform(0.3, 1.7) * gap
    return strikes


def _draw(fault, rng, busy, second, seconds, workers):
    targets = fault.targets(workers)
    rng.shuffle(targets)
    lasts = fault.draw_seconds(rng)
    how = tuple(fault.draw(rng))
    if second + lasts > seconds:
        return None
    for target in targets:
        keys, dead = fault.keys(target), ("dead", target)
        if busy.free([dead] if fault.overlaps else keys, second):
            if not fault.overlaps:
                busy.take(keys, second + lasts + HEAL_MARGIN + fault.settles)
            if fault.kills:
                busy.take([dead], second + lasts)
            return Strike(round(second, 2), fault.name, target, round(lasts, 2), how)
    return None
