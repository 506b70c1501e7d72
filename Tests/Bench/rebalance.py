"""How long a rebalance holds up what moves, and what stays.

Measured from outside: every batch of a task is a record of holdfast.audit, stamped by the broker,
with the task's epoch in it. A second worker joins under steady traffic, and leaves again.

    what moves    from the worker's word that it gives a task up (signal taskRevoked) to the first
                  batch of the task's next epoch
    what stays    the longest time between two batches of a task whose epoch does not change
"""

import datetime
import json
import time

from machine import stop

PARTITIONS, RATE = 8, 2_000


def rebalance(machine, figures, size):
    prefix = machine.topics("move.", PARTITIONS)
    steady = size.seconds / 2
    total = int(2 * steady + 50)
    running = []
    try:
        running.append(machine.start(machine.words(
            "traffic", bootstrap=machine.broker.bootstrap, prefix=prefix, name="t", rate=RATE,
            seconds=total), "traffic"))
        running.append(machine.start(machine.worker(
            prefix, machine.fresh("one"), "--output", "json"), "one"))
        time.sleep(8)
        running.append(machine.start(
            ["kcat", "-C", "-u", "-q", "-b", machine.broker.bootstrap, "-t",
             prefix + "holdfast.audit", "-o", "end", "-f", "%p %T %s\\n"], "audit"))
        time.sleep(1 + steady)
        joined = _now()
        other = machine.start(machine.worker(
            prefix, machine.fresh("two"), "--output", "json"), "two")
        running.append(other)
        time.sleep(9 + steady)
        left = _now()
        stop(other)
        time.sleep(10)
    finally:
        for process in reversed(running):
            stop(process)
    batches = [_batch(line) for line in machine.log("audit")]
    revoked = _revocations(machine.log("one") + machine.log("two"))
    moved, stayed, undisturbed = judge(batches, revoked, joined, left)
    machine.say("rebalance  moved %s stayed %s steady %s" % tuple(
        [round(each, 3) for each in list] for list in (moved, stayed, undisturbed)))
    if not moved or not stayed:
        raise RuntimeError("no task moved, or none stayed: %d batches" % len(batches))
    machine.raw.append({"measurement": "rebalance", "moved": moved, "stayed": stayed,
                        "steady": undisturbed})
    figures.set("pauseMoved", max(moved))
    figures.set("pauseStayed", max(stayed))
    figures.set("pauseSteady", max(undisturbed))
    figures.set("pauseAdded", max(0.0, max(stayed) - max(undisturbed)))


def _now():
    return time.time()


def _batch(line):
    """(task, seconds, epoch) of a line of the audit topic."""
    task, milliseconds, value = line.split(" ", 2)
    return int(task), int(milliseconds) / 1000, json.loads(value)["epoch"]


def _revocations(lines):
    """(task, seconds) of each signal that says a task is given up."""
    found = []
    for line in lines:
        if not line.startswith("{"):
            continue
        signal = json.loads(line)
        if signal.get("signal") in ("taskRevoked", "taskReleased"):
            when = datetime.datetime.fromisoformat(signal["time"].replace("Z", "+00:00"))
            found.append((int(signal["text"].split()[1]), when.timestamp()))
    return found


def judge(batches, revoked, joined, left, window=8.0):
    """Pauses of tasks that moved, longest gaps of tasks that stayed within `window` seconds of a
    rebalance, and longest gaps in as long a time before it."""
    moved, stayed, undisturbed = [], [], []
    by_task = {}
    for task, at, epoch in batches:
        by_task.setdefault(task, []).append((at, epoch))
    for task, found in by_task.items():
        found.sort()
        undisturbed.append(_longest(found, joined - window, joined))
        for event in (joined, left):
            near = [each for each in found if event <= each[0] <= event + window]
            before = [each for each in found if each[0] < event]
            if not near or not before:
                raise RuntimeError("task %d had no batch within %g s" % (task, window))
            epochs = {epoch for _, epoch in near} | {before[-1][1]}
            if len(epochs) == 1:
                stayed.append(_longest([before[-1]] + near, event - window, event + window))
                continue
            first = min(at for at, epoch in near if epoch != before[-1][1])
            told = [at for which, at in revoked if which == task and event <= at <= first]
            moved.append(first - (min(told) if told else event))
    return moved, stayed, undisturbed


def _longest(found, begin, end):
    """Between batches, and from the last one on: a task that fell silent has not stayed."""
    times = [at for at, _ in found if begin <= at <= end] + [end]
    return max((second - first for first, second in zip(times, times[1:])), default=end - begin)
