"""Where the time of a hold goes, told by the broker's own log: `bench.py --timeline`.

The run is that of `containment`. The broker keeps when a critical failure was appended, when its
hold was, and when the transaction's marker was written: its own clock, in whole milliseconds.
"""

import bisect
import glob
import os
import struct

from kafka_reader import Reader
from parts import contained, percentile

_HEADER = struct.Struct(">qiibIhiqqqhii")
_CONTROL = 32


def batches(directory, topic, partition):
    """(first offset, last offset, producer id, is control, ms) of a partition's batches on disk."""
    for path in sorted(glob.glob(os.path.join(
            directory, "node1", "data", "%s-%d" % (topic, partition), "*.log"))):
        with open(path, "rb") as file:
            content = file.read()
        at = 0
        while at + _HEADER.size <= len(content):
            (base, length, _, magic, _, flags, last, _, ms, producer, _, _, _) = \
                _HEADER.unpack_from(content, at)
            if magic != 2 or length <= 0:
                break  # what the broker has preallocated
            yield base, base + last, producer, bool(flags & _CONTROL), ms
            at += 12 + length


class Partition:
    """Whose records lie where, and when each producer's transactions ended."""

    def __init__(self, directory, topic, partition):
        self.data, self.markers = [], {}
        for base, _, producer, is_control, ms in batches(directory, topic, partition):
            if is_control:
                self.markers.setdefault(producer, []).append((base, ms))
            else:
                self.data.append((base, producer))

    def end(self, offset):
        """(producer, ms) of the marker that ended the transaction of the record at an offset."""
        producer = self.data[bisect.bisect_right(self.data, (offset, 1 << 62)) - 1][1]
        markers = self.markers[producer]
        return producer, markers[bisect.bisect_left(markers, (offset, 0))][1]


def _records(broker, topic, partitions):
    reader = Reader(broker.bootstrap)
    try:
        yield from reader.records(topic, {p: reader.watermarks(topic, p)[0]
                                          for p in range(partitions)})
    finally:
        reader.close()


def stages(broker, prefix, names, partitions=4):
    """One tuple per hold: ms until it lay in the log, ms from then to its marker, partitions of
    its transaction, and ms until another transaction ended meanwhile (0: none did)."""
    appended = {}
    for record in _records(broker, prefix + "mes.execution", partitions):
        key = (record[3] or b"").decode("utf-8", "replace")
        if key.rsplit("-", 1)[0] in names:
            appended.setdefault(key, record[2])
    topics = [prefix + name for name in ("holdfast.holds", "holdfast.gates", "holdfast.deviations",
                                         "holdfast.alerts", "holdfast.state", "holdfast.audit",
                                         "holdfast.signals", "holdfast.changes",
                                         "holdfast.dead-letters")]
    logs = {(topic, p): Partition(broker.directory, topic, p)
            for topic in topics for p in range(partitions)}
    ends = {}
    for log in logs.values():
        for producer, markers in log.markers.items():
            for _, ms in markers:
                ends.setdefault(producer, []).append(ms)
    for markers in ends.values():
        markers.sort()
    found = []
    for partition, offset, created, key, _, _ in _records(broker, topics[0], partitions):
        lot = key.decode().split("/", 1)[1]
        if lot not in appended:
            continue
        producer, ended = logs[topics[0], partition].end(offset)
        others = [ms for other, markers in ends.items() if other != producer
                  for ms in markers[bisect.bisect_left(markers, appended[lot]):
                                    bisect.bisect_right(markers, created + 1)]]
        width = bisect.bisect_right(ends[producer], ended + 3) - \
            bisect.bisect_left(ends[producer], ended - 3)
        found.append((created - appended[lot], ended - created, width,
                      max(others) - appended[lot] if others else 0))
    return found


def timeline(machine, size):
    """Runs floor and worker, without and beside other traffic; answers the lines of a table."""
    prefix = machine.topics("timeline.")
    state = machine.fresh("timeline-state")
    lines = [
        "| ms: median, mean | sent to seen | failure in the log to hold in the log "
        "| hold to marker | partitions of its transaction | another transaction was under way |",
        "|---|---:|---:|---:|---:|---:|"]
    # The first row is dropped: the broker has not run a transaction yet.
    for number, rate in enumerate((10, 10, 5_000)):
        for what in ("floor", "worker"):
            command = machine.worker(prefix, state) if what == "worker" else machine.words(
                "floor", bootstrap=machine.broker.bootstrap, prefix=prefix,
                seconds=size.seconds + 25)
            name = "t%s%d" % (what, number)
            samples = contained(machine, prefix, name, size.seconds if number else 5, command,
                                rate=rate)
            if number == 0:
                continue
            found = stages(machine.broker, prefix, [name])
            found = found[len(found) // 2:]  # the first half has the warming up in it
            others = [each[3] for each in found if each[3] > 0]
            lines.append("| %s, %d other events/s | %s | %s | %s | %.1f | %.0f %%, %.0f ms |" % (
                what, rate, _told(samples), _told([each[0] for each in found]),
                _told([each[1] for each in found]), _mean([each[2] for each in found]),
                100 * len(others) / max(1, len(found)), _mean(others)))
    return lines


def _mean(values):
    return sum(values) / max(1, len(values))


def _told(values):
    return "%.0f, %.1f" % (percentile(values, 50), _mean(values))
