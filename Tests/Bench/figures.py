"""The figures of a run: each with what it should be, and where it stands in the tables."""

#: key -> (what it is, unit, first goal, goal now, what measures it). A goal is (sense, number).
#: The order is the order of the tables.
DEFINITIONS = {
    "rate": ("rate of one thread / bare consume loop", "x", (">=", 0.35), (">=", 0.55), "work"),
    "cpu": ("CPU per event / bare consume loop", "x", ("<=", 2.8), ("<=", 2.0), "work"),
    "throughput": ("events/s, one thread", "1/s", None, None, "work"),
    "bareThroughput": ("events/s, bare consume loop", "1/s", None, None, "consume"),
    "cpuPerMillion": ("CPU seconds per million events", "s", None, None, "work"),
    "bareCpuPerMillion": ("the same, bare consume loop", "s", None, None, "consume"),
    "threadCpuPerMillion": ("of it the stream thread's", "s", None, None, "work"),
    "peakMemory": ("peak memory, MB", "MB", None, None, "work"),
    "partitions1": ("CPU per event / bare loop, 1 partition", "x", None, None, "work"),
    "partitions4": ("CPU per event / bare loop, 4 partitions", "x", None, None, "work"),
    "partitions16": ("CPU per event / bare loop, 16 partitions", "x", None, None, "work"),
    "rules10": ("CPU per event, 10 more rules / default policy", "x", None, None, "work rules="),
    "rules100": ("CPU per event, 100 more rules / default policy", "x", None, None,
                 "work rules="),
    "rules1000": ("CPU per event, 1000 more rules / default policy", "x", None, None,
                  "work rules="),
    "containmentP50": ("containment p50 / floor", "x", ("<=", 1.5), ("<=", 1.2), "contain"),
    "containmentP99": ("containment p99 / floor", "x", ("<=", 2.0), ("<=", 1.5), "contain"),
    "p50": ("containment p50, ms", "ms", None, None, "contain"),
    "p99": ("containment p99, ms", "ms", None, None, "contain"),
    "floorP50": ("floor p50, ms", "ms", None, None, "contain, floor"),
    "floorP99": ("floor p99, ms", "ms", None, None, "contain, floor"),
    "dedupe20": ("dedupe, dearest / cheapest of 1 to 20 M ids", "x", ("<=", 1.2), None, "dedupe"),
    "dedupe50": ("dedupe, cost at 50 M / at 1 M ids", "x", None, ("<=", 1.25), "dedupe"),
    "dedupePlain": ("dedupe, cost at 50 M / plain SQLite append", "x", None, None,
                    "dedupe, plain-ids"),
    "dedupeNanoseconds": ("dedupe, ns of CPU per id at 50 M", "ns", None, None, "dedupe"),
    "dedupeBytes": ("dedupe, bytes per id at most", "B", ("<=", 64), None, "dedupe"),
    "dedupeMemory": ("dedupe, GiB of the process at 50 M ids", "GiB", None, ("<=", 3), "dedupe"),
    "dedupeMoved": ("dedupe, entries moved by one insert", "", ("<=", 20_000), ("<=", 20_000),
                    "dedupe"),
    "dedupeSlowest": ("dedupe, slowest insert, us of CPU", "us", None, None, "dedupe timed=1"),
    "restore": ("restore, changelog records/s", "1/s", None, (">=", 500_000), "restore"),
    "restoreSeconds": ("restore, seconds per million records", "s", None, None, "restore"),
    "restoreCpu": ("restore, us of CPU per record", "us", None, None, "restore"),
    "restorePlain": ("restore, rate / plain SQLite insert loop", "x", None, None,
                     "restore, plain-rows"),
    "pauseMoved": ("rebalance, longest pause of what moves, s", "s", None, ("<", 1.0),
                   "audit topic"),
    "pauseStayed": ("rebalance, what stays: longest gap of commits, s", "s", None, None,
                    "audit topic"),
    "pauseSteady": ("the same without a rebalance, s", "s", None, None, "audit topic"),
    "pauseAdded": ("rebalance, added for what stays, s", "s", None, ("<=", 0.1), "audit topic"),
    "local": ("LocalLog, events/s", "1/s", (">=", 100_000), None, "work local="),
}


class Figures:
    """Values of one run by key, and series for the pictures."""

    def __init__(self):
        self.values, self.series = {}, {}

    def set(self, key, value):
        if key not in DEFINITIONS:
            raise KeyError(key)
        self.values[key] = value

    def rows(self):
        """What was measured, in the order of the table."""
        for key, (label, unit, first, goal, measured_by) in DEFINITIONS.items():
            if key in self.values:
                yield key, label, unit, self.values[key], first, goal, measured_by


def reached(value, goal):
    """Whether a goal is reached; None without one."""
    if goal is None:
        return None
    sense, number = goal
    return {"<=": value <= number, "<": value < number, ">=": value >= number}[sense]


def verdict(value, goal):
    return {None: "", True: "reached", False: "MISSED"}[reached(value, goal)]


def goal_text(goal):
    return "" if goal is None else "%s %s" % (goal[0], number_text(goal[1]))


def number_text(value):
    """Three digits that matter; thousands in groups."""
    if abs(value) >= 1000:
        digits = 3 - len(str(int(abs(value))))
        return "{:,}".format(int(round(value, digits)))
    return "%.3g" % value


def table(figures):
    """The table of a run, as text."""
    lines = ["%-49s %10s   %-22s %-22s" % ("figure", "measured", "first goal", "goal now")]
    for _, label, _, value, first, goal, _ in figures.rows():
        cells = ["%-9s %-8s" % (goal_text(each), verdict(value, each)) for each in (first, goal)]
        lines.append(("%-49s %10s   %-22s %s" % (
            label, number_text(value), cells[0], cells[1])).rstrip())
    return "\n".join(lines)
