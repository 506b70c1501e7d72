"""The oracle's own tests: a small log made by hand, with expectations computed by hand, must pass;
each planted error must be named.
"""

import base64
import copy
import hashlib
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import logdump
from facts import instant, murmur2, percent
from oracle import examine

T0 = 1_767_592_800_000  # 2026-01-05T06:00:00Z, in ms
POLICY = "p" * 64


def stamp(ms):
    seconds = (ms - T0) // 1000
    return "2026-01-05T06:%02d:%02d.%03dZ" % (seconds // 60, seconds % 60, ms % 1000)


def own_id(kind, source, cause, rule, subject):
    """Rule 4 once more, written here so that the oracle's is checked by another hand."""
    raw = b"".join(len(p.encode()).to_bytes(4, "big") + p.encode()
                   for p in (kind, source, cause, rule, *subject.split("/", 1)))
    return hashlib.sha256(raw).hexdigest()[:32]


class Story:
    """Writes rows of a dump."""

    def __init__(self):
        self.rows = []
        self.ends = {}
        self.previous = ""
        self.causes = {}

    def row(self, topic, ms, key, value, headers=()):
        raw = value if isinstance(value, bytes) else json.dumps(value).encode()
        offset = self.ends.get(topic, 0)
        self.ends[topic] = offset + 1
        self.rows.append({
            "topic": topic, "partition": 0, "offset": offset, "timestamp": ms, "key": key,
            "valueBase64": base64.b64encode(raw).decode(),
            "headers": [[n, base64.b64encode(v.encode()).decode()] for n, v in headers]})

    def inbound(self, ms, kind, name, key, data, time=None):
        topic = "mes.execution" if kind.startswith("mes.") else "qms.quality"
        event = {"specversion": "1.0", "id": name, "source": "/plant", "type": kind,
                 "time": time or stamp(ms), "datacontenttype": "application/json",
                 "traceparent": "00-" + name, "data": data}
        self.causes[name] = (event, kind)
        self.row(topic, ms, key, event)

    def out(self, topic, ms, kind, key, subject, cause, rule, data, time=None):
        event, cause_kind = self.causes[cause]
        kind = "holdfast.%s.v1" % kind
        name = own_id(kind, "/plant", cause, rule, subject)
        self.row("holdfast." + topic, ms, key, {
            "specversion": "1.0", "id": name, "source": "/holdfast/test", "type": kind,
            "subject": subject, "time": time or event["time"],
            "datacontenttype": "application/json", "traceparent": "00-" + cause,
            "causationid": cause,
            "data": {"cause": {"source": "/plant", "id": cause, "type": cause_kind},
                     "rule": {"id": rule, "version": 1}, "policyDigest": POLICY, **data}})
        return name

    def signal(self, ms, key, cause, lot, severity):
        event, kind = self.causes[cause]
        self.row("holdfast.signals", ms, key, {
            "cause": {"id": cause, "source": "/plant", "type": kind}, "kind": "signal",
            "lotId": lot, "rootCauseKey": key, "severity": severity, "time": event["time"],
            "v": 1})

    def batch(self, ms, sequence, ranges, counts, timers_to=None, refused=()):
        names = ("accepted", "dueTimers", "duplicates", "noEffect", "outbound", "refused",
                 "signals")
        value = json.dumps({
            "counts": dict(zip(names, counts)), "decisions": "1", "effects": "", "epoch": 1,
            "now": stamp(ms), "policy": POLICY, "previous": self.previous,
            "ranges": [{"topic": t, "from": a, "to": b} for t, a, b in ranges],
            "refused": [{"topic": t, "from": a, "to": b} for t, a, b in refused],
            "sequence": sequence, "task": 0, "timersTo": stamp(timers_to or T0),
            "v": 1}).encode()
        self.previous = hashlib.sha256(value).hexdigest()
        self.row("holdfast.audit", ms, "0", value)


STEP = {"lotId": "L1", "stepId": "S1", "operation": "press", "equipmentId": "E 1",
        "operatorId": "op"}
KEY = "equipment/E%201/failureMode/crack"
LOT = {"type": "lot", "id": "L1"}


def failure(severity):
    return {**STEP, "severity": severity, "failureMode": "crack"}


def story():
    """One lot: fails, is held, joins a second failure, is released; a change becomes effective."""
    s = Story()
    s.inbound(T0, "mes.stepStarted.v1", "m0", "L1", STEP)
    s.inbound(T0 + 1, "mes.stepFailed.v1", "m1", "L1", failure("major"))
    s.inbound(T0 + 2, "mes.stepFailed.v1", "m2", "L1", failure("minor"))
    s.rows.append({**s.rows[-1], "offset": 3, "timestamp": T0 + 3})  # m2 again: a duplicate
    s.ends["mes.execution"] = 4
    s.inbound(T0 + 4, "mes.stepFailed.v1", "m4", "L1", failure("critical"))
    s.row("mes.execution", T0 + 5, "L1", b"{not json")
    s.inbound(T0 + 2000, "qms.changeApproved.v1", "q0", "C1", {
        "changeId": "C1", "effectiveFrom": stamp(T0 + 5000), "scope": {"documents": ["D1"]},
        "approvedBy": "ann", "initiatedBy": "bob"})
    hold = own_id("holdfast.holdApplied.v1", "/plant", "m4", "hold.stepFailed", "lot/L1")
    release = {"holdId": hold, "subject": LOT, "owner": "quality", "approver": "ann",
               "meaning": "ok", "signedAt": stamp(T0)}
    s.inbound(T0 + 2001, "qms.holdReleaseApproved.v1", "q1", "L1", {**release, "owner": "me"})
    s.inbound(T0 + 2002, "qms.holdReleaseApproved.v1", "q2", "L1", release)
    s.inbound(T0 + 6000, "qms.changeCancelled.v1", "q3", "C1", {"changeId": "C1", "reason": "no"})

    s.batch(T0 + 100, 1, [("mes.execution", 0, 6), ("qms.quality", 0, 0),
                          ("holdfast.signals", 0, 0)], (4, 0, 1, 0, 3, 1, 3),
            refused=[("mes.execution", 5, 6)])
    s.out("gates", T0 + 100, "gateChanged", "lot/L1", "lot/L1", "m0", "gate.lot", {
        "subject": LOT, "state": "open", "reasons": [], "since": stamp(T0 + 100)})
    reason = {"code": "stepFailed", "text": "press failed"}
    s.out("holds", T0 + 100, "holdApplied", "lot/L1", "lot/L1", "m4", "hold.stepFailed", {
        "holdId": hold, "subject": LOT, "reason": reason, "severity": "critical",
        "owner": "quality", "rootCauseKey": KEY, "openHoldCount": 1, "openHolds": [hold]})
    s.out("gates", T0 + 100, "gateChanged", "lot/L1", "lot/L1", "m4", "gate.lot", {
        "subject": LOT, "state": "closed", "reasons": [{**reason, "holdId": hold}],
        "since": stamp(T0 + 100)})
    s.row("holdfast.dead-letters", T0 + 100, "L1", b"{not json", [
        ("hf_reason", "malformedJson"), ("hf_detail", "at 1"), ("hf_topic", "mes.execution"),
        ("hf_partition", "0"), ("hf_offset", "5"), ("hf_task", "0"), ("hf_version", "1")])
    for cause, severity in (("m1", "major"), ("m2", "minor"), ("m4", "critical")):
        s.signal(T0 + 101, KEY, cause, "L1", severity)
    groups(s)
    s.batch(T0 + 2500, 2, [("mes.execution", 6, 6), ("qms.quality", 0, 3),
                           ("holdfast.signals", 0, 3)], (3, 0, 0, 0, 9, 0, 0))
    told = {"holdId": hold, "subject": LOT}
    s.out("holds", T0 + 2500, "holdReleaseRefused", "lot/L1", "lot/L1", "q1", "hold.released",
          {**told, "why": "notOwner"})
    s.out("holds", T0 + 2500, "holdReleased", "lot/L1", "lot/L1", "q2", "hold.released", {
        **told, "approver": "ann", "openHoldCount": 0, "openHolds": [], "subjectReleased": True})
    s.out("gates", T0 + 2500, "gateChanged", "lot/L1", "lot/L1", "q2", "gate.lot", {
        "subject": LOT, "state": "open", "reasons": [], "since": stamp(T0 + 2500)})
    s.batch(T0 + 6100, 3, [("mes.execution", 6, 6), ("qms.quality", 3, 4),
                           ("holdfast.signals", 3, 3)], (1, 1, 0, 0, 2, 0, 0),
            timers_to=T0 + 5500)
    s.out("changes", T0 + 6100, "changeEffective", "C1", "change/C1", "q0", "change", {
        "changeId": "C1", "effectiveFrom": stamp(T0 + 5000), "scope": {"documents": ["D1"]},
        "approvedBy": "ann"}, time=stamp(T0 + 5000))
    s.out("changes", T0 + 6100, "changeRefused", "C1", "change/C1", "q3", "change", {
        "changeId": "C1", "why": "alreadyEffective"})
    return s


def groups(s):
    subject, ms = "rootCause/" + KEY, T0 + 2500
    dev = own_id("holdfast.deviationRaised.v1", "/plant", "m1", "group", subject)
    loud = own_id("holdfast.alertRaised.v1", "/plant", "m1", "group", subject)
    louder = own_id("holdfast.alertRaised.v1", "/plant", "m4", "group", subject)
    refs = {name: STEP[name] for name in STEP}
    s.out("deviations", ms, "deviationRaised", KEY, subject, "m1", "group", {
        "deviationId": dev, "rootCauseKey": KEY, "dimension": "failureMode", "severity": "major",
        "refs": refs, "evidence": []})
    s.out("alerts", ms, "alertRaised", KEY, subject, "m1", "group", {
        "alertId": loud, "deviationId": dev, "severity": "major", "summary": "a crack"})
    for cause, severity, count in (("m2", "major", 2), ("m4", "critical", 3)):
        s.out("deviations", ms, "deviationUpdated", KEY, subject, cause, "group", {
            "deviationId": dev, "member": {"source": "/plant", "id": cause},
            "memberCount": count, "severity": severity, "affectedLots": 1})
    s.out("alerts", ms, "alertSuppressed", KEY, subject, "m2", "group", {
        "alertId": loud, "deviationId": dev, "leader": {"source": "/plant", "id": "m1"},
        "why": {"rule": "group", "dimension": "failureMode", "memberCount": 2,
                "window": {"from": stamp(T0 + 1), "to": stamp(T0 + 2), "gapSeconds": 1800}}})
    s.out("alerts", ms, "alertRaised", KEY, subject, "m4", "group", {
        "alertId": louder, "deviationId": dev, "severity": "critical", "summary": "a crack",
        "escalates": loud})


def judge(rows, **options):
    dump = logdump.Dump()
    for row in rows:
        dump.add_line(json.dumps(row))
    return examine(dump.finish(), partitions=1, **options)


def value_of(row):
    return json.loads(base64.b64decode(row["valueBase64"]))


def rewritten(row, change):
    value = value_of(row)
    change(value)
    return {**row, "valueBase64": base64.b64encode(json.dumps(value).encode()).decode()}


class OracleTests(unittest.TestCase):
    def setUp(self):
        self.rows = copy.deepcopy(story().rows)

    def rows_of(self, topic, kind=None):
        return [row for row in self.rows if row["topic"] == topic and (
            kind is None or value_of(row)["type"] == "holdfast.%s.v1" % kind)]

    def assertNamed(self, *kinds, rows=None, **options):
        report, _ = judge(self.rows if rows is None else rows, **options)
        for kind in kinds:
            self.assertIn(kind, report.kinds(), report.found)

    def change(self, topic, kind, change, index=0):
        row = self.rows_of(topic, kind)[index]
        self.rows[self.rows.index(row)] = rewritten(row, change)

    def test_a_right_log_is_right(self):
        report, counts = judge(self.rows)
        self.assertEqual(report.found, [])
        self.assertEqual(
            (counts["holdApplied"], counts["gateChanged"], counts["alertSuppressed"],
             counts["deviationUpdated"], counts["deadLetters"], counts["duplicates"],
             counts["timers"]), (1, 3, 1, 2, 1, 1, 1))

    def test_a_lost_hold_is_named(self):
        self.rows.remove(self.rows_of("holdfast.holds", "holdApplied")[0])
        self.assertNamed("lost")

    def test_a_doubled_hold_is_named(self):
        self.rows.append({**self.rows_of("holdfast.holds", "holdApplied")[0], "offset": 99})
        self.assertNamed("doubled")

    def test_an_event_that_nobody_should_have_sent_is_named(self):
        row = {**self.rows_of("holdfast.holds", "holdApplied")[0], "offset": 99}
        self.rows.append(rewritten(row, lambda value: value.update(id="0" * 32)))
        self.assertNamed("extra")

    def test_a_missing_gate_is_named(self):
        self.rows.remove(self.rows_of("holdfast.gates")[-1])
        self.assertNamed("lost", "gates")

    def test_an_old_gate_row_may_be_compacted_away_only_when_told(self):
        self.rows.remove(self.rows_of("holdfast.gates")[0])
        self.assertNamed("lost")
        self.assertEqual(judge(self.rows, gates_compacted=True)[0].found, [])

    def test_a_wrong_suppression_is_named(self):
        wrong = lambda value: value["data"]["why"].update(memberCount=3)
        self.change("holdfast.alerts", "alertSuppressed", wrong)
        self.assertNamed("content")

    def test_a_suppression_under_the_wrong_leader_is_named(self):
        wrong = lambda value: value["data"]["leader"].update(id="m2")
        self.change("holdfast.alerts", "alertSuppressed", wrong)
        self.assertNamed("content")

    def test_a_gate_with_another_reason_than_its_hold_is_named(self):
        wrong = lambda value: value["data"]["reasons"][0].update(text="else")
        self.change("holdfast.gates", "gateChanged", wrong, index=1)
        self.assertNamed("content")

    def test_gap_overlap_and_unread_records_are_named(self):
        for start, to in ((1, 3), (0, 2)):
            rows = copy.deepcopy(self.rows)
            place = next(i for i, row in enumerate(rows) if row["topic"] == "holdfast.audit"
                         and value_of(row)["sequence"] == 2)
            rows[place] = rewritten(rows[place], lambda value: value["ranges"][1].update(
                {"from": start, "to": to}))
            self.assertNamed("ranges", "chain", rows=rows)

    def test_luck_that_goes_back_is_named(self):
        def edit(**changes):
            rows = copy.deepcopy(self.rows)
            place = max(i for i, row in enumerate(rows) if row["topic"] == "holdfast.audit")
            rows[place] = rewritten(rows[place], lambda value: value.update(changes))
            return rows
        self.assertNamed("now", rows=edit(now=stamp(T0 + 1)))
        self.assertNamed("timersTo", rows=edit(timersTo="2026-01-05T05:00:00.000Z"))
        self.assertNamed("epoch", rows=edit(epoch=0))
        self.assertNamed("sequence", rows=edit(sequence=5))
        self.assertNamed("chain", rows=edit(previous=""))

    def test_a_timer_that_did_not_fire_is_named(self):
        self.rows.remove(self.rows_of("holdfast.changes", "changeEffective")[0])
        self.assertNamed("lost")

    def test_a_signal_sent_twice_or_never_or_by_nobody_is_named(self):
        last = self.rows_of("holdfast.signals")[-1]
        self.assertNamed("signals", rows=self.rows + [{**last, "offset": 99}])
        self.assertNamed("signals", rows=[row for row in self.rows if row is not last])
        stray = rewritten({**last, "offset": 99}, lambda value: value["cause"].update(id="x"))
        self.assertNamed("signals", rows=self.rows + [stray])

    def test_a_dead_letter_that_is_missing_or_misnamed_is_named(self):
        letter = self.rows_of("holdfast.dead-letters")[0]
        self.assertNamed("dead letters", rows=[row for row in self.rows if row is not letter])
        letter["headers"][0][1] = base64.b64encode(b"wrongKey").decode()
        self.assertNamed("dead letters")

    def test_a_deviation_before_its_hold_is_named(self):
        held = self.rows_of("holdfast.holds", "holdApplied")[0]
        held["timestamp"] += 60_000
        self.assertNamed("order")

    def test_a_wrong_batch_count_is_named(self):
        place = max(i for i, row in enumerate(self.rows) if row["topic"] == "holdfast.audit")
        self.rows[place] = rewritten(self.rows[place],
                                     lambda value: value["counts"].update(outbound=7))
        self.assertNamed("counts")

    def test_mere_failures_need_no_batch_record(self):
        lone = [row for row in self.rows if row["topic"] not in ("holdfast.audit", "qms.quality")
                and not (row["topic"] == "mes.execution" and row["offset"] == 0)
                and not (row["topic"] in ("holdfast.gates", "holdfast.holds")
                         and value_of(row)["causationid"][0] == "q")]
        # Without the step's start the lot's first event is m1, so its gate's row is m1's.
        first = next(row for row in lone if row["topic"] == "holdfast.gates")
        name = own_id("holdfast.gateChanged.v1", "/plant", "m1", "gate.lot", "lot/L1")

        def of_m1(value):
            value.update(id=name, causationid="m1", traceparent="00-m1", time=stamp(T0 + 1))
            value["data"]["cause"].update(id="m1", type="mes.stepFailed.v1")
        lone[lone.index(first)] = rewritten(first, of_m1)
        report, counts = judge(lone, failures_only=True)
        self.assertEqual(report.found, [])
        self.assertEqual(counts, {"causes": 3, "holds": 1, "members": 3, "gates": 2})
        for topic, kind in (("holdfast.deviations", "members"), ("holdfast.alerts", "members"),
                            ("holdfast.holds", "lost")):
            less = list(lone)
            less.remove([row for row in lone if row["topic"] == topic][-1])
            self.assertNamed(kind, rows=less, failures_only=True)


class FactTests(unittest.TestCase):
    def test_murmur2_agrees_with_kafkas_own_test_vectors(self):
        for text, wanted in ((b"21", -973932308), (b"foobar", -790332482),
                             (b"a-little-bit-long-string", -985981536),
                             (b"a-little-bit-longer-string", -1486304829),
                             (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
                             (b"abc", 479470107)):
            self.assertEqual(murmur2(text), wanted & 0xFFFFFFFF)

    def test_instants_are_compared_in_utc(self):
        self.assertEqual(instant("2026-01-05T07:00:00+01:00"), T0 * 1000)
        self.assertEqual(instant("2024-02-29T00:00:00.5Z"), 1_709_164_800_500_000)
        self.assertEqual(instant("2016-12-31T23:59:60Z"), 1_483_228_799_999_999)
        for text in ("2026-02-29T00:00:00Z", "2026-01-05 06:00:00Z", "2026-01-05T06:00:00",
                     "2026-01-05T24:00:00Z", "2026-01-05T12:00:60Z", "", None):
            self.assertIsNone(instant(text))

    def test_percent_encoding_keeps_the_unreserved(self):
        self.assertEqual(percent("/a b-._~\u00e4%"), "%2Fa%20b-._~%C3%A4%25")


if __name__ == "__main__":
    unittest.main()
