"""Batch records: their own rules are checked, then luck alone is taken from them (ranges, `now`,
`timersTo`) and everything is decided again in the order that rule 1 gives.
"""

import bisect
import hashlib
import json

from decide import TaskState
from facts import AUDIT, MES, QMS, ROW, SIGNALS, instant
from intake import DUPLICATE, Event

INPUTS = (MES, QMS, SIGNALS)
#: A record stamped before T may become readable a moment after an end was asked for at T: by so
#: much, and by what a worker's clock may be ahead of the broker's (oracle.py --clock-ahead).
READABLE_WITHIN_US = 1_000_000


class Batch:
    __slots__ = ("task", "sequence", "epoch", "now", "timers_to", "ranges", "lost", "refused",
                 "counts", "policy", "record")

    def __init__(self, record):
        row = json.loads(record.value)
        self.record, self.task = record, row["task"]
        self.sequence, self.epoch = row["sequence"], row["epoch"]
        self.now, self.timers_to = instant(row["now"]), instant(row["timersTo"])
        self.ranges = [(r["topic"], r["from"], r["to"], bool(r.get("lost")))
                       for r in row["ranges"]]
        self.refused = {(r["topic"], offset) for r in row["refused"]
                        for offset in range(r["from"], r["to"])}
        self.counts, self.policy = row["counts"], row["policy"]
        self.lost = [r for r in self.ranges if r[3]]

    def name(self):
        return "task %d batch %d (%s)" % (self.task, self.sequence, self.record.place())


class Replay:
    """Re-decides every task. `expected` are outbound events, `refusals` (record, Refusal)."""

    def __init__(self, dump, partitions, report):
        self.dump, self.partitions, self.report = dump, partitions, report
        self.batches = {task: self._batches(task) for task in range(partitions)}
        self.expected, self.refusals, self.signals = [], [], {}
        self.found = {}  # (partition, offset) of a signals record -> Signal
        self.policies = set()
        self.totals = {"records": 0, "accepted": 0, "duplicates": 0, "refused": 0, "timers": 0,
                       "batches": sum(len(b) for b in self.batches.values())}

    # -- the records themselves -----------------------------------------------------------------

    def _batches(self, task):
        batches, before, previous = [], "", None
        for record in self.dump.partition(AUDIT, task):
            batch = Batch(record)
            row = json.loads(record.value)
            if row["previous"] != before:
                self.report("chain", "%s: `previous` is not the hash of the record before it"
                            % batch.name())
            before = hashlib.sha256(record.value).hexdigest()
            self._follow(batch, previous, task, record)
            batches.append(batch)
            previous = batch
        self._cover(task, batches)
        return batches

    def _follow(self, batch, previous, task, record):
        def wrong(what, text):
            self.report(what, "%s: %s" % (batch.name(), text))
        if batch.task != task or record.key != str(task).encode():
            wrong("batch", "task %r, key %r in partition %d" % (batch.task, record.key, task))
        expected = 1 if previous is None else previous.sequence + 1
        if batch.sequence != expected:
            wrong("sequence", "sequence %d follows %d" % (batch.sequence, expected - 1))
        if batch.timers_to > batch.now:
            wrong("timersTo", "timersTo lies after now")
        if previous is None:
            return
        if batch.epoch < previous.epoch:
            wrong("epoch", "epoch %d follows %d" % (batch.epoch, previous.epoch))
        if batch.now < previous.now:
            wrong("now", "now goes back")
        if batch.timers_to < previous.timers_to:
            wrong("timersTo", "timersTo goes back")

    def _cover(self, task, batches):
        for topic in INPUTS:
            place = "%s/%d" % (topic, task)
            records = self.dump.partition(topic, task)
            at = self.dump.low.get((topic, task), 0)
            for batch in batches:
                mine = [r for r in batch.ranges if r[0] == topic]
                if not mine:
                    self.report("ranges", "%s: no range of %s" % (batch.name(), topic))
                for _, start, to, _ in mine:
                    if start != at or to < start:
                        self.report("ranges", "%s: %s [%d, %d) begins not at %d: a %s" % (
                            batch.name(), place, start, to, at,
                            "gap" if start > at else "overlap"))
                    at = max(to, start)
            rest = sum(1 for record in records if record.offset >= at)
            if rest:
                self.report("ranges", "%s: %d records from %d on were never read" % (
                    place, rest, at))

    # -- deciding again -------------------------------------------------------------------------

    def run(self):
        self._decide(signals=False)  # what lots' tasks ask of others follows from inputs alone
        self._match_signals()
        self._decide(signals=True)
        return self

    def _decide(self, signals):
        self.expected, self.refusals, produced = [], [], {}
        self.states = {}
        for task, batches in self.batches.items():
            state = self.states[task] = TaskState()
            for batch in batches:
                self.policies.add(batch.policy)
                self._batch(state, batch, signals)
                for signal in state.signals:
                    if signal.name() in produced and not signals:
                        self.report("signals", "the oracle expects %r twice" % (signal.name(),))
                    produced[signal.name()] = signal
                state.signals = []
        self.signals = produced

    def _batch(self, state, batch, with_signals):
        heads = []
        for topic, start, to, lost in batch.ranges:
            if lost or topic not in ROW:
                continue
            records = self.dump.partition(topic, batch.task)
            low = bisect.bisect_left(records, start, key=lambda record: record.offset)
            high = bisect.bisect_left(records, to, key=lambda record: record.offset)
            if low < high:
                heads.append([ROW[topic], records, low, high])
        seen = {"accepted": 0, "duplicates": 0, "refused": 0, "signalsRead": 0, "dueTimers": 0}
        before = len(state.out), len(state.signals)
        refused = set()
        while heads or (state.timers and state.timers[0].at <= batch.timers_to):
            head = min(heads, key=lambda h: (h[1][h[2]].at, h[0])) if heads else None
            timer = state.timers[0] if state.timers else None
            if timer and timer.at <= batch.timers_to and (
                    head is None or timer.at < head[1][head[2]].at):
                state.fire_next()
                seen["dueTimers"] += 1
                continue
            record = head[1][head[2]]
            head[2] += 1
            if head[2] == head[3]:
                heads.remove(head)
            self._record(state, batch, record, with_signals, seen, refused)
        if with_signals:
            self._check_batch(batch, state, before, seen, refused)
        self.expected += state.out
        state.out = []

    def _record(self, state, batch, record, with_signals, seen, refused):
        if record.topic == SIGNALS:
            seen["signalsRead"] += 1
            signal = self.found.get((record.partition, record.offset))
            if with_signals and signal is not None:
                state.apply_signal(signal, record, batch.now)
            return
        if isinstance(record.verdict, Event):
            seen["accepted"] += 1
            state.apply(record.verdict, batch.now)
        elif record.verdict is DUPLICATE:
            seen["duplicates"] += 1
        else:
            seen["refused"] += 1
            refused.add((record.topic, record.offset))
            self.refusals.append((record, record.verdict))

    def _check_batch(self, batch, state, before, seen, refused):
        for name in ("accepted", "duplicates", "refused"):
            self.totals[name] += seen[name]
        self.totals["records"] += seen["accepted"] + seen["duplicates"] + seen["refused"]
        self.totals["timers"] += seen["dueTimers"]
        # A range of refused offsets may run over holes (control records); they count for nothing.
        told = {place for place in batch.refused if self._exists(batch.task, *place)}
        if told != refused:
            self.report("refused", "%s: refused %s, expected %s" % (
                batch.name(), sorted(told)[:5], sorted(refused)[:5]))
        outbound = len(state.out) - before[0]
        signals = len(state.signals) - before[1]
        # The pages leave open whether signals read count as accepted, and dead letters as outbound.
        allowed = {
            "accepted": (seen["accepted"], seen["accepted"] + seen["signalsRead"]),
            "duplicates": (seen["duplicates"],), "refused": (seen["refused"],),
            "outbound": (outbound, outbound + seen["refused"]), "signals": (signals,)}
        for name, values in allowed.items():
            if batch.counts.get(name) not in values:
                self.report("counts", "%s: counts.%s is %r, expected %s" % (
                    batch.name(), name, batch.counts.get(name),
                    " or ".join(str(value) for value in sorted(set(values)))))

    def _exists(self, task, topic, offset):
        records = self.dump.partition(topic, task)
        at = bisect.bisect_left(records, offset, key=lambda record: record.offset)
        return at < len(records) and records[at].offset == offset

    def check_timers_to(self):
        """No record stamped well before timersTo may still be unread when it was decided."""
        for task, batches in self.batches.items():
            for topic in (MES, QMS):
                records = self.dump.partition(topic, task)
                earliest = [0] * (len(records) + 1)
                earliest[len(records)] = 1 << 62
                for index in range(len(records) - 1, -1, -1):
                    earliest[index] = min(earliest[index + 1], records[index].at)
                for batch in batches:
                    end = max((r[2] for r in batch.ranges if r[0] == topic), default=0)
                    index = bisect.bisect_left(records, end, key=lambda record: record.offset)
                    if earliest[index] < batch.timers_to - READABLE_WITHIN_US:
                        self.report("timersTo", "%s: %s had unread records from before timersTo"
                                    % (batch.name(), topic))

    # -- signals --------------------------------------------------------------------------------

    def _match_signals(self):
        """Finds our own signals on the topic; its content names them and decides nothing."""
        waiting = dict(self.signals)
        for record in self.dump.topic(SIGNALS):
            row = json.loads(record.value)
            cause = row["cause"]
            name = (row["kind"], cause["source"], cause["id"], (record.key or b"").decode())
            signal = self.signals.get(name)
            if signal is None:
                self.report("signals", "%s: nobody should have sent %r" % (record.place(), name))
            elif waiting.pop(name, None) is None:
                self.report("signals", "%s: %r was sent twice" % (record.place(), name))
            else:
                self.found[record.partition, record.offset] = signal
                self._check_signal(record, row, signal)
        for name in waiting:
            self.report("signals", "%r was never sent" % (name,))

    def _check_signal(self, record, row, signal):
        event = signal.event
        expected = {"severity": signal.severity, "v": 1}
        if signal.kind == "signal":
            expected.update(lotId=event.key, rootCauseKey=signal.key)
        else:
            expected.update(owner="quality", subject={"type": "equipment", "id": signal.key},
                            rule=signal.rule)
        for name, value in expected.items():
            if row.get(name) != value:
                self.report("signals", "%s: %s is %r, expected %r" % (
                    record.place(), name, row.get(name), value))
        if row["cause"].get("type") != event.type or (
                instant(row.get("time")) or 0) // 1000 != event.at // 1000:
            self.report("signals", "%s: its cause is not what it says" % record.place())
