"""The pictures of docs/performance.md, made of a run's figures and of the history."""

import math

import figures as book
import svg


def all_of(found, runs):
    """Name -> SVG, for what this run (or the history) has figures of."""
    made = {}
    for name, make in (("goals", _goals), ("latency", _latency), ("dedupe", _dedupe),
                       ("partitions", _steps)):
        picture = make(found)
        if picture:
            made[name] = picture
    picture = _history(runs)
    if picture:
        made["history"] = picture
    return made


def _goals(found):
    rows = []
    for _, label, _, value, first, goal, _ in found.rows():
        if first is None and goal is None:
            continue
        fine = book.reached(value, goal if goal is not None else first)
        rows.append((label, value, first and first[1], goal and goal[1], fine,
                     "%s (%s)" % (book.number_text(value), book.goal_text(goal or first))))
    return rows and svg.bars("Figures against their goals", rows,
                             "bar: measured; line: goal now; dashed: first goal")


def _latency(found):
    ours, floor = (found.series.get("latency_" + name) for name in ("ours", "floor"))
    if not ours:
        return None

    def stretched(points):
        # The tail is what matters: 90, 99 and 99.9 % at equal distances.
        return [(-math.log10(1 - percent / 100), value) for percent, value in points]
    marks = [(-math.log10(1 - percent / 100), "%g %%" % percent)
             for percent in (1, 50, 80, 90, 95, 98, 99, 99.5)]
    return svg.lines("Containment: critical failure produced to hold seen",
                     [("Holdfast", stretched(ours), "c0"),
                      ("floor: one transaction", stretched(floor), "c1")],
                     marks, "all rounds of one run; x: share of the holds seen by then", "ms")


def _dedupe(found):
    costs = found.series.get("dedupe")
    if not costs:
        return None
    plain = found.series["plainIds"]
    return svg.lines("Dedupe: CPU of one new id as the window fills",
                     [("window", costs, "c0"),
                      ("plain SQLite, append", [(costs[0][0], plain), (costs[-1][0], plain)],
                       "c1")],
                     [(size, "%d M" % size) for size, _ in costs if size not in (2,)],
                     "each point: the fifth before it, a whole cycle of growing tables", "ns")


def _steps(found):
    points = found.series.get("partitions")
    if not points:
        return None
    return svg.lines("One thread: CPU per event over the bare loop's, by partitions",
                     [("worker / bare loop", points, "c0")],
                     [(count, "%d" % count) for count, _ in points], "", "x")


def _history(runs):
    """Ratios only: they carry over from one machine to the next."""
    keys = (("cpu", "CPU / bare loop", "c0"), ("containmentP50", "p50 / floor", "c1"),
            ("containmentP99", "p99 / floor", "c3"), ("dedupe50", "dedupe 50 M / 1 M", "c2"))
    whole = [run for run in runs if not run["quick"]] or runs
    series = []
    for key, name, kind in keys:
        points = [(number, run["figures"][key]) for number, run in enumerate(whole)
                  if key in run["figures"]]
        if points:
            series.append((name, points, kind))
    if not series:
        return None
    marks = [(number, run["date"][5:10]) for number, run in enumerate(whole)
             if number % max(1, len(whole) // 8) == 0]
    return svg.lines("Ratios, run by run", series, marks, "lower is better", "x")
