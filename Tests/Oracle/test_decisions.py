"""Tables of single rules: refusals of intake, dedupe by buckets, timers, cancellations, groups."""

import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from decide import Signal, TaskState, root_cause
from facts import HOUR_US, partition_of, show_instant
from intake import DUPLICATE, Event, Refusal, read_partition
from logdump import Record

T0 = 1_767_592_800_000_000
STEP = {"lotId": "L1", "stepId": "S", "operation": "o", "equipmentId": "E", "operatorId": "p"}


def envelope(kind="mes.stepCompleted.v1", data=None, name="a", **changes):
    event = {"specversion": "1.0", "id": name, "source": "/s", "type": kind,
             "time": show_instant(T0), "data": STEP if data is None else data}
    event.update(changes)
    return {key: value for key, value in event.items() if value is not None}


def record(value, key=b"L1", offset=0, at=T0, topic="mes.execution", headers=()):
    raw = value if isinstance(value, (bytes, type(None))) else json.dumps(value).encode()
    return Record(topic, 0, offset, at, key, raw, headers)


def judged(*records, partitions=1):
    read_partition(records, partitions)
    return [one.verdict for one in records]


def event(kind, data, key, at=T0, time=T0, offset=0, name="a"):
    topic = "mes.execution" if kind.startswith("mes.") else "qms.quality"
    value = envelope(kind, data, name, time=show_instant(time))
    found = judged(record(value, key.encode(), offset, at, topic))[0]
    assert isinstance(found, Event), found.reasons
    return found


class IntakeTests(unittest.TestCase):
    def test_each_fault_has_its_reason(self):
        twice = b'{"specversion":"1.0","specversion":"1.0"}'
        wrong = next(n for n in range(9) if partition_of(b"K%d" % n, 2) == 1)
        for one, reason in (
                (record(b"{"), "malformedJson"), (record(b"{} x"), "malformedJson"),
                (record(b"[NaN]"), "malformedJson"), (record(twice), "malformedJson"),
                (record(b"[" * 40 + b"]" * 40), "malformedJson"), (record(b"\xff"), "notUtf8"),
                (record(b"x" * 1_048_577), "tooLarge"), (record([]), "notACloudEvent"),
                (record(envelope(specversion="0.3")), "notACloudEvent"),
                (record(envelope(id=None)), "notACloudEvent"),
                (record(envelope(time=None)), "timeUnusable"),
                (record(envelope(time="yesterday")), "timeUnusable"),
                (record(envelope(kind="mes.other.v1")), "unknownType"),
                (record(envelope(kind="qms.changeCancelled.v1")), "unknownType"),
                (record(envelope(data={"lotId": "L1"})), "contractViolated"),
                (record(envelope("mes.stepFailed.v1", {**STEP, "severity": "bad"})),
                 "contractViolated"),
                (record(envelope(), key=b"L2"), "wrongKey"),
                (record(envelope(), key=None), "keyMissing"), (record(None), "emptyValue")):
            found = judged(one)[0]
            self.assertIsInstance(found, Refusal, reason)
            self.assertEqual(found.reasons[0], reason)
        misplaced = record(envelope("mes.lotCreated.v1", {"lotId": "K%d" % wrong}),
                           key=b"K%d" % wrong)
        self.assertEqual(judged(misplaced, partitions=2)[0].reasons, ("wrongPartition",))

    def test_binary_mode_is_the_same_event_as_structured(self):
        headers = tuple(("ce_" + name, value.encode()) for name, value in envelope().items()
                        if name != "data")
        two = record(STEP, offset=1, headers=headers)
        self.assertIs(judged(record(envelope()), two)[1], DUPLICATE)

    def test_dedupe_knows_an_id_for_the_window_and_a_sighting_refreshes_it(self):
        value, other = envelope(), envelope(time=show_instant(T0 + 1_000_000))
        first = judged(record(value), record(value, at=T0 + 24 * HOUR_US),
                       record(value, at=T0 + 48 * HOUR_US), record(value, at=T0 + 73 * HOUR_US))
        self.assertEqual([found is DUPLICATE for found in first], [False, True, True, False])
        conflict = judged(record(value), record(other), record(value))
        self.assertEqual(conflict[1].reasons, ("identityConflict",))
        self.assertIs(conflict[2], DUPLICATE)


class ChangeTests(unittest.TestCase):
    def approve(self, state, due, at=T0, offset=0, initiator="bob"):
        state.apply(event("qms.changeApproved.v1", {
            "changeId": "C", "effectiveFrom": show_instant(due), "scope": {"operations": ["o"]},
            "approvedBy": "ann", "initiatedBy": initiator}, "C", at, offset=offset,
            name="a%d" % offset), T0)

    def cancel(self, state, at):
        state.apply(event("qms.changeCancelled.v1", {"changeId": "C", "reason": "r"}, "C", at,
                          offset=9, name="c"), T0)

    def told(self, state):
        return [(one.type.split(".")[1], one.data.get("why")) for one in state.out]

    def test_an_instant_not_after_its_approval_fires_at_once(self):
        state = TaskState()
        self.approve(state, due=T0, at=T0)
        self.assertEqual(self.told(state), [("changeEffective", None)])

    def test_a_cancellation_wins_up_to_the_instant_and_is_too_late_after_it(self):
        for late, wanted in ((0, []), (1_000, [("changeRefused", "alreadyEffective")])):
            state = TaskState()
            self.approve(state, due=T0 + 5_000_000)
            self.cancel(state, T0 + 5_000_000 + late)
            self.assertEqual(self.told(state), wanted)
            self.assertEqual(len(state.timers), 1 if late else 0)

    def test_refusals_have_their_reasons(self):
        state = TaskState()
        self.approve(state, due=T0 + 5_000_000, initiator="ann")
        self.cancel(state, T0)
        self.assertEqual(self.told(state), [("changeRefused", "initiatorIsApprover"),
                                            ("changeRefused", "unknownChange")])

    def test_equal_instants_fire_in_the_order_they_were_armed(self):
        state = TaskState()
        for offset in (0, 1, 2):
            self.approve(state, due=T0 + 1_000_000, offset=offset)
        while state.timers:
            state.fire_next()
        self.assertEqual([one.event.id for one in state.out], ["a0", "a1", "a2"])


class GroupTests(unittest.TestCase):
    def join(self, state, name, minutes, at_hours=0.0, severity="major"):
        found = event("mes.stepFailed.v1", {**STEP, "severity": severity}, "L1",
                      time=T0 + minutes * 60_000_000, name=name)
        before = len(state.out)
        state.apply_signal(Signal("signal", "k", found, severity, "r"),
                           record(b"", at=T0 + int(at_hours * HOUR_US)), T0)
        return [one.type.split(".")[1] for one in state.out[before:]]

    RAISED = ["deviationRaised", "alertRaised"]
    SUPPRESSED = ["deviationUpdated", "alertSuppressed"]
    ESCALATED = ["deviationUpdated", "alertRaised"]

    def test_the_gap_is_inclusive_on_both_sides(self):
        state = TaskState()
        steps = ((0, self.RAISED), (30, self.SUPPRESSED), (-30, self.SUPPRESSED),
                 (61, self.RAISED), (60, self.SUPPRESSED))
        for number, (minutes, wanted) in enumerate(steps):
            self.assertEqual(self.join(state, "m%d" % number, minutes), wanted)
        self.assertEqual([group.members for group in state.groups["k"]], [4, 1])

    def test_the_span_limits_a_chain(self):
        state = TaskState()
        self.join(state, "first", 0)
        kinds = [self.join(state, "m%d" % n, 30 * n) for n in range(1, 50)]
        self.assertEqual(kinds.index(self.RAISED), 48)  # 24 h is the 48th step; the 49th is over

    def test_a_group_that_was_quiet_for_too_long_never_reopens(self):
        state = TaskState()
        self.join(state, "a", 0, at_hours=0)
        self.assertEqual(self.join(state, "b", 0, at_hours=24), self.SUPPRESSED)
        self.assertEqual(self.join(state, "c", 0, at_hours=48.001), self.RAISED)

    def test_only_a_more_severe_member_breaks_through(self):
        state = TaskState()
        self.join(state, "a", 0, severity="minor")
        self.assertEqual(self.join(state, "b", 0, severity="critical"), self.ESCALATED)
        self.assertEqual(state.out[-1].data["escalates"], state.out[1].id)
        self.assertEqual(self.join(state, "c", 0, severity="critical"), self.SUPPRESSED)
        self.assertEqual(state.out[-1].data["alertId"], state.out[3].id)

    def test_a_root_cause_key_is_the_first_that_applies(self):
        for data, wanted in (
                ({"failureMode": "a/b", "parameter": "p"}, "equipment/E/failureMode/a%2Fb"),
                ({"parameter": "p"}, "equipment/E/parameter/p"), ({}, "event/%2Fs/a")):
            found = event("mes.stepFailed.v1", {**STEP, "severity": "minor", **data}, "L1")
            self.assertEqual(root_cause(found), wanted)


class GateTests(unittest.TestCase):
    def test_a_start_through_a_closed_gate_holds_only_after_since(self):
        state = TaskState()
        state.apply(event("mes.stepFailed.v1", {**STEP, "severity": "critical"}, "L1"), T0)
        self.assertEqual([one.type for one in state.out],
                         ["holdfast.holdApplied.v1", "holdfast.gateChanged.v1"])
        for time, held in ((T0, 1), (T0 + 1_000, 2)):
            state.apply(event("mes.stepStarted.v1", STEP, "L1", time=time, name="s%d" % time), T0)
            self.assertEqual(len(state.holds["lot", "L1"]), held)
        self.assertEqual(state.signals[-1].key, "gate/lot/L1")


if __name__ == "__main__":
    unittest.main()
