"""The core scenario, in and out: one of each thing that the first slice decides.

Independent clients write and read; the outputs are compared literally on their key fields, and each
lies in the partition that Java's partitioner would have chosen.
"""

import time

import facts
import generate
import plant

LEADER, MEMBER = "f-1", "f-2"
GROUP = "equipment/PRESS-1/failureMode/jam"
SOURCE = "/mes/plant-1"


def hold(cause, lot):
    return generate.hold_id(SOURCE, cause, "hold.stepFailed", lot)


def drive(site, write=None, seconds=60):
    """Writes the inputs in the order that the outputs depend on. `write` writes to mes.execution
    by another client than kcat."""
    write = write or (lambda *records: site.produce("mes.execution", *records))
    first = plant.failed_step(LEADER, "L-1")
    write(("L-1", plant.event("mes.lotCreated.v1", "c-1", SOURCE, {"lotId": "L-1"})), first)
    site.wait_for("holdfast.alerts", "alertRaised.v1", 1, seconds)
    # The leader again, as a producer that retries; a member of the group; a record to refuse.
    site.produce("mes.execution", first, plant.failed_step(MEMBER, "L-2"), ("L-3", b"\x80no"))
    site.wait_for("holdfast.alerts", "alertSuppressed.v1", 1, seconds)
    site.produce("qms.quality", plant.release("r-1", "L-1", hold(LEADER, "L-1")),
                 ("L-2", plant.event("qms.dispositionDecided.v1", "d-1", "/qms/site-1", {
                     "lotId": "L-2", "decision": "accepted", "decidedBy": "qa-eve",
                     "meaning": "released", "signedAt": plant.now_text()})))
    due = plant.now_text(3)
    site.produce("qms.quality", plant.change("a-1", "C-1", due))
    site.wait_for("holdfast.changes", "changeEffective.v1", 1, seconds)
    site.wait_for("holdfast.holds", "holdReleased.v1", 1, seconds)
    site.wait_for("holdfast.holds", "dispositionRefused.v1", 1, seconds)
    return due


def expected(due):
    """Per topic what must be there, nothing else: (key, type, key fields of data)."""
    one, two = hold(LEADER, "L-1"), hold(MEMBER, "L-2")
    lot_1, lot_2 = {"type": "lot", "id": "L-1"}, {"type": "lot", "id": "L-2"}
    return {
        "holdfast.holds": [
            ("lot/L-1", "holdApplied", {
                "holdId": one, "subject": lot_1, "severity": "critical", "owner": "quality",
                "openHoldCount": 1, "openHolds": [one], "rootCauseKey": GROUP,
                "cause": {"source": SOURCE, "id": LEADER, "type": "mes.stepFailed.v1"}}),
            ("lot/L-1", "holdReleased", {
                "holdId": one, "subject": lot_1, "approver": "qa-eve", "openHoldCount": 0,
                "openHolds": [], "subjectReleased": True}),
            ("lot/L-2", "holdApplied", {
                "holdId": two, "subject": lot_2, "openHoldCount": 1, "openHolds": [two]}),
            ("lot/L-2", "dispositionRefused", {
                "lotId": "L-2", "decision": "accepted", "decidedBy": "qa-eve",
                "blockers": [two]})],
        # Compacted: with what came before, or not; the last row of a lot is its gate.
        "holdfast.gates": [
            ("lot/L-1", "gateChanged", {"subject": lot_1, "state": "open", "reasons": []}),
            ("lot/L-2", "gateChanged", {"subject": lot_2, "state": "closed"})],
        "holdfast.deviations": [
            (GROUP, "deviationRaised", {
                "rootCauseKey": GROUP, "severity": "critical",
                "refs": {"lotId": "L-1", "stepId": "S1", "operation": "press",
                         "equipmentId": "PRESS-1", "operatorId": "OP-1"}}),
            (GROUP, "deviationUpdated", {
                "member": {"source": SOURCE, "id": MEMBER}, "memberCount": 2,
                "severity": "critical", "affectedLots": 2})],
        "holdfast.alerts": [
            (GROUP, "alertRaised", {"severity": "critical"}),
            (GROUP, "alertSuppressed", {"leader": {"source": SOURCE, "id": LEADER}})],
        "holdfast.changes": [
            ("C-1", "changeEffective", {
                "changeId": "C-1", "effectiveFrom": due, "scope": {"documents": ["D-1"]},
                "approvedBy": "ann"})],
    }


def check(test, site, due):
    """Compares everything that came out."""
    for topic, wanted in expected(due).items():
        found = site.events(topic)
        if topic == "holdfast.gates":
            found = list({row[1]: row for row in found}.values())
        order = {}
        found.sort(key=lambda row: row[1])
        test.assertEqual([(key, event["type"]) for _, key, event in found],
                         [(key, "holdfast.%s.v1" % kind) for key, kind, _ in wanted], topic)
        for (partition, key, event), (_, kind, fields) in zip(found, wanted):
            test.assertEqual(partition, facts.partition_of(key.encode(), plant.PARTITIONS),
                             "%s: %s is not where murmur2 puts it" % (topic, key))
            test.assertEqual({name: event["data"].get(name) for name in fields}, fields, kind)
            test.assertEqual(event["source"], "/holdfast/" + site.deployment)
            order[kind] = event
        if topic == "holdfast.alerts":
            raised, suppressed = order["alertRaised"], order["alertSuppressed"]
            test.assertEqual(suppressed["data"]["why"]["memberCount"], 2)
            test.assertEqual(suppressed["data"]["deviationId"], raised["data"]["deviationId"])
    letters = site.read("holdfast.dead-letters")
    test.assertEqual([(row[0], row[2]) for row in letters],
                     [(facts.partition_of(b"L-3", plant.PARTITIONS), "L-3")])
    headers = site._kcat("-C", "-e", "-q", "-t", site.prefix + "holdfast.dead-letters", "-o",
                         "beginning", "-f", "%h").decode()
    test.assertIn("hf_reason=", headers)
    test.assertIn("hf_topic=mes.execution", headers)


def run(test, site, write=None, worker=()):
    """The whole of it, with one worker."""
    made = site.worker("w0", *worker)
    try:
        due = drive(site, write)
        time.sleep(1)  # what must not come would have come by now
        site.drain(made)
        check(test, site, due)
    finally:
        site.stop()
