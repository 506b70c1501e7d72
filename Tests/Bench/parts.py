"""The parts of a run: each measures one thing beside what bounds it, and sets its figures."""

import os
import shutil
import statistics
import time

from machine import stop
from rebalance import rebalance

median = statistics.median


def pipeline(machine, figures, size):
    """One worker thread against the bare consume loop over the same records."""
    found = [_against_bare(machine, "bench%d." % number, size.events, 4, number + 1)
             for number in range(size.rounds)]
    figures.set("rate", median(work["eventsPerSecond"] / bare["rate"] for work, bare in found))
    figures.set("cpu", median(_cpu(work) / bare["cpu"] for work, bare in found))
    figures.set("throughput", median(work["eventsPerSecond"] for work, _ in found))
    figures.set("bareThroughput", median(bare["rate"] for _, bare in found))
    figures.set("cpuPerMillion", median(_cpu(work) for work, _ in found))
    figures.set("bareCpuPerMillion", median(bare["cpu"] for _, bare in found))
    figures.set("threadCpuPerMillion",
                median(work["threadCPUMicrosecondsPerEvent"] for work, _ in found))
    figures.set("peakMemory", median(work["peakMegabytes"] for work, _ in found))


def _cpu(measured):
    return measured["cpuMicrosecondsPerEvent"]


def _against_bare(machine, prefix, events, partitions, seed):
    """The worker between two bare loops: a machine's pace drifts."""
    machine.topics(prefix, partitions)
    machine.measure("load", prefix=prefix, events=events, seed=seed)
    words = {"prefix": prefix, "events": events}
    loops = [machine.measure("consume", partitions=partitions, **words)]
    work = machine.measure("work", state=machine.fresh("state"), **words)
    loops.append(machine.measure("consume", partitions=partitions, **words))
    return work, {"rate": statistics.mean(each["eventsPerSecond"] for each in loops),
                  "cpu": statistics.mean(_cpu(each) for each in loops)}


def partitions(machine, figures, size):
    """How many tasks one thread carries: the same events in 1, 4 and 16 partitions."""
    ratios = {1: [], 4: [], 16: []}
    for number in range(max(1, size.rounds - 1)):
        for count, found in ratios.items():
            work, bare = _against_bare(
                machine, "part%d.%d." % (count, number), size.events // 2, count, number + 1)
            found.append(_cpu(work) / bare["cpu"])
    for count, found in ratios.items():
        figures.set("partitions%d" % count, median(found))
    figures.series["partitions"] = [[count, median(found)] for count, found in ratios.items()]


def policy(machine, figures, size):
    """CPU of the stream thread with rules that are looked at in vain. On the embedded log: the
    broker has no part in it."""
    template = _local_log(machine, "policy-log", size.events // 8)
    costs = {0: [], 10: [], 100: [], 1000: []}
    # A log just written is no backlog yet, and commits more often than one that is.
    time.sleep(1.5)
    for _ in range(size.rounds):
        for rules, found in costs.items():
            log = machine.path("policy-run")
            shutil.rmtree(log, ignore_errors=True)
            shutil.copytree(template, log)
            found.append(machine.measure(
                "work", kafka=False, local=log, events=size.events // 8, rules=rules,
                state=machine.fresh("state"))["threadCPUMicrosecondsPerEvent"])
    base = median(costs.pop(0))
    for rules, found in costs.items():
        figures.set("rules%d" % rules, median(found) / base)
    figures.series["rules"] = [[0, 1.0]] + [
        [rules, median(found) / base] for rules, found in costs.items()]


def _local_log(machine, name, events):
    log = machine.fresh(name)
    machine.run([machine.command, "topics", "apply", "--log", "local:" + log])
    machine.measure("load", kafka=False, local=log, events=events)
    return log


def containment(machine, figures, size):
    """Critical failure produced -> holdApplied seen, beside what exactly-once must cost."""
    prefix = machine.topics("contain.")
    state = machine.fresh("contain-state")
    seconds = size.seconds + 25
    floor, ours = [], []
    for number in range(size.rounds):
        floor += contained(machine, prefix, "f%d" % number, size.seconds, machine.words(
            "floor", bootstrap=machine.broker.bootstrap, prefix=prefix, seconds=seconds))
        ours += contained(machine, prefix, "w%d" % number, size.seconds,
                         machine.worker(prefix, state))
    # The samples of all rounds together: a p99 of one round stands on four holds.
    for name, percent in (("P50", 50), ("P99", 99)):
        least, found = percentile(floor, percent), percentile(ours, percent)
        figures.set("containment" + name, found / least)
        figures.set(name.lower(), found)
        figures.set("floor" + name, least)
    for name, samples in (("floor", floor), ("ours", ours)):
        figures.series["latency_" + name] = [
            [percent, percentile(samples, percent)] for percent in
            (1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98, 99, 99.5)]


def percentile(samples, percent):
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def contained(machine, prefix, name, seconds, command, **words):
    """The meter runs while `command` does the work; all is warm before the first sample."""
    samples = machine.path(name + ".samples")
    process = machine.start(command, name)
    try:
        found = machine.measure("contain", prefix=prefix, name=name, warmup=10,
                                seconds=seconds + 10, samples=samples, **words)
    finally:
        stop(process)
    if found["unseen"] > 0 or found["samples"] == 0:
        raise RuntimeError("%s: %d holds were never seen: %s" % (
            name, found["unseen"], machine.log(name)[-3:]))
    with open(samples, encoding="ascii") as lines:
        return [float(line) for line in lines]


def dedupe(machine, figures, size):
    """The window as it fills, its worst insert, and plain SQLite beside it."""
    found = machine.measure("dedupe", kafka=False, ids=size.ids)
    plain = machine.measure("plain-ids", kafka=False, ids=min(size.ids, 5_000_000),
                            file=os.path.join(machine.fresh("plain"), "ids.sqlite"))
    costs = _by_size(found, "nanosecondsAt")
    sizes = _by_size(found, "bytesPerIDAt")
    first = [cost for at, cost in costs.items() if at <= 20]
    figures.set("dedupe20", max(first) / min(first))
    figures.set("dedupeBytes", max(sizes.values()))
    figures.set("dedupeMoved", found["entriesMovedMax"])
    if 50 in costs:
        figures.set("dedupe50", costs[50] / costs[1])
        figures.set("dedupePlain", costs[50] / plain["nanosecondsPerID"])
        figures.set("dedupeNanoseconds", costs[50])
        figures.set("dedupeMemory", found["residentMegabytes"] / 1024)
    worst = machine.measure("dedupe", kafka=False, timed=1, ids=min(size.ids, 10_000_000))
    figures.set("dedupeSlowest", worst["slowestInsertMicroseconds"])
    figures.series["dedupe"] = sorted(costs.items())
    figures.series["dedupeBytes"] = sorted(sizes.items())
    figures.series["plainIds"] = plain["nanosecondsPerID"]


def _by_size(found, name):
    """Millions of ids -> value, of members like nanosecondsAt20M."""
    return {int(key[len(name):-1]): value for key, value in found.items()
            if key.startswith(name)}


def local(machine, figures, size):
    """The whole pipeline over the embedded log."""
    rates = []
    for _ in range(size.rounds):
        count = max(100_000, size.events // 4)
        log = _local_log(machine, "local", count)
        rates.append(machine.measure("work", kafka=False, local=log, events=count,
                                     state=machine.fresh("state"))["eventsPerSecond"])
    figures.set("local", median(rates))


def restore(machine, figures, size):
    """A task without its file, back from the changelog; plain SQLite takes the same rows."""
    prefix = machine.topics("restore.", 1)
    machine.measure("changelog", prefix=prefix, rows=size.rows)
    found, plain = [], []
    for _ in range(size.rounds):
        found.append(machine.measure("restore", prefix=prefix, rows=size.rows,
                                     state=machine.fresh("state")))
        plain.append(machine.measure(
            "plain-rows", kafka=False, rows=size.rows // 2,
            file=os.path.join(machine.fresh("plain"), "rows.sqlite"))["recordsPerSecond"])
    rate = median(each["recordsPerSecond"] for each in found)
    figures.set("restore", rate)
    figures.set("restoreSeconds", 1e6 / rate)
    figures.set("restoreCpu", median(each["cpuMicrosecondsPerRecord"] for each in found))
    figures.set("restorePlain", rate / median(plain))


PARTS = {"pipeline": pipeline, "partitions": partitions, "policy": policy,
         "containment": containment, "dedupe": dedupe, "restore": restore,
         "rebalance": rebalance, "local": local}
