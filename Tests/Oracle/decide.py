"""What a task decides: holds, gates, dispositions, changes and groups, as the catalogue has them.

The result is a list of Expected events, in the order of the decisions. What the pages leave to
the worker's wording (reason texts of automatic holds, summaries, names of dimensions) is ANY here
and checked for consistency in compare.py.
"""

from facts import (ALERTS, CHANGES, DEVIATIONS, GAP_US, GATES, GROUP_RETENTION_US, HOLDS,
                   LISTED_HOLDS_MAX, MEMBERS_MAX, SEVERITY, SPAN_US, event_id, instant, percent,
                   show_instant)


class _Any:
    """Equal to whatever the worker says, so long as it says something."""

    def __repr__(self):
        return "<any>"


ANY = _Any()
REFERENCES = ("orderId", "batchId", "lotId", "stepId", "operation", "equipmentId", "operatorId")
SIGNALLING = {"mes.stepFailed.v1": "hold.stepFailed",
              "mes.limitExceeded.v1": "hold.limitExceeded",
              "mes.misScanDetected.v1": "hold.misScanDetected",
              "mes.interlockViolated.v1": "hold.interlockViolated"}


class Expected:
    """An event that must stand in the output exactly once."""

    __slots__ = ("topic", "type", "id", "key", "subject", "time", "event", "rule", "data",
                 "place")

    def __init__(self, topic, kind, key, subject, event, rule, data, time=None):
        self.topic, self.type, self.key, self.subject = topic, kind, key, subject
        self.event, self.rule, self.data = event, rule, data
        self.time = event.time if time is None else time
        self.id = event_id(kind, event.source, event.id, rule, *subject)
        self.place = event.record.place()

    def __str__(self):
        return "%s %s of %s %s (cause %s %s at %s)" % (
            self.type, self.id, *self.subject, self.event.source, self.event.id, self.place)


class Signal:
    """What a lot's task asks another task; found again on the topic by (kind, cause, key)."""

    __slots__ = ("kind", "key", "event", "severity", "rule")

    def __init__(self, kind, key, event, severity, rule):
        self.kind, self.key, self.event = kind, key, event
        self.severity, self.rule = severity, rule

    def name(self):
        return (self.kind, self.event.source, self.event.id, self.key)


class _Hold:
    __slots__ = ("id", "owner", "reason")

    def __init__(self, hold_id, owner, reason):
        self.id, self.owner, self.reason = hold_id, owner, reason


class _Timer:
    __slots__ = ("at", "arming", "event", "kind")

    def __init__(self, at, event, kind):
        self.at, self.event, self.kind = at, event, kind
        self.arming = event.record.offset


class _Group:
    __slots__ = ("first", "last", "members", "lots", "severity", "loudest", "deviation", "alert",
                 "leader", "joined")


def root_cause(event):
    """The root-cause key of a failing event (not of a bypassed gate)."""
    data = event.data
    equipment = data.get("equipmentId")
    if equipment is not None:
        for member in ("failureMode", "parameter", "interlock"):
            if data.get(member) is not None:
                return "equipment/%s/%s/%s" % (percent(equipment), member, percent(data[member]))
    return "event/%s/%s" % (percent(event.source), percent(event.id))


class TaskState:
    def __init__(self):
        self.holds = {}  # subject -> [open holds, in order of application]
        self.released = set()  # (subject, holdId)
        self.gates = {}  # lot -> [is open, since in us, holdIds that were its reasons]
        self.timers = []
        self.effective = set()  # changeIds
        self.groups = {}  # root-cause key -> groups, oldest first
        self.out = []
        self.signals = []
        self.no_effect = 0

    # -- records from outside ---------------------------------------------------------------

    def apply(self, event, now):
        """Decides one accepted event; returns timers that fire right after it."""
        kind = event.type
        if kind.startswith("mes."):
            self._floor(event, now)
        elif kind == "qms.holdRequested.v1":
            data = event.data
            subject = (data["subject"]["type"], data["subject"]["id"])
            self._hold(event, subject, data["holdId"], data["owner"], data["reason"], None, None,
                       "hold.requested", now)
        elif kind == "qms.holdReleaseApproved.v1":
            self._release(event, now)
        elif kind == "qms.dispositionDecided.v1":
            self._disposition(event)
        elif kind == "qms.changeApproved.v1":
            data = event.data
            if data["initiatedBy"] == data["approvedBy"]:
                self._refuse_change(event, "initiatorIsApprover")
            else:
                self._arm(event, data["effectiveFrom"])
        elif kind == "qms.changeCancelled.v1":
            self._cancel(event)
        elif kind == "qms.documentApproved.v1":
            self._arm(event, event.data["effectiveFrom"])
        elif kind == "qms.documentRetired.v1":
            self._arm(event, event.data["retiredFrom"])

    def _floor(self, event, now):
        lot = event.key
        gate = self.gates.get(lot)
        data = event.data
        if event.type == "mes.stepStarted.v1":
            if gate and not gate[0] and event.at > gate[1]:
                self._fail(event, "major", "gate/lot/" + percent(lot), "hold.gateBypassed", True,
                           now)
        elif event.type in SIGNALLING:
            severity = data.get("severity") or (
                "major" if event.type == "mes.misScanDetected.v1" else "critical")
            holds = severity == "critical" and event.type != "mes.misScanDetected.v1" and (
                event.type != "mes.limitExceeded.v1" or data["limitKind"] == "OOS")
            self._fail(event, severity, root_cause(event), SIGNALLING[event.type], holds, now)
            if holds and event.type == "mes.interlockViolated.v1":
                self.signals.append(Signal("holdProposed", data["equipmentId"], event, severity,
                                           "hold.interlockViolated"))
        if lot not in self.gates:
            self._gate(event, lot, now)

    def _fail(self, event, severity, root, rule, holds, now):
        if holds:
            self._hold(event, ("lot", event.key), None, "quality", None, severity, root, rule,
                       now)
        self.signals.append(Signal("signal", root, event, severity, rule))

    def _hold(self, event, subject, hold_id, owner, reason, severity, root, rule, now):
        kind = "holdfast.holdApplied.v1"
        if hold_id is None:
            hold_id = event_id(kind, event.source, event.id, rule, *subject)
        held = self.holds.setdefault(subject, [])
        if (subject, hold_id) in self.released or any(hold.id == hold_id for hold in held):
            self.no_effect += 1
            return
        held.append(_Hold(hold_id, owner, reason))
        data = {"holdId": hold_id, "subject": {"type": subject[0], "id": subject[1]},
                "reason": ANY if reason is None else {
                    "code": reason["code"], "text": reason["text"]},
                "owner": owner, **self._open(subject)}
        if severity is not None:
            data["severity"] = severity
        if root is not None:
            data["rootCauseKey"] = root
        self._emit(HOLDS, kind, "/".join(subject), subject, event, rule, data)
        if len(held) == 1 and subject[0] == "lot":
            self._gate(event, subject[1], now)

    def _open(self, subject):
        held = self.holds.get(subject, [])
        return {"openHoldCount": len(held),
                "openHolds": [hold.id for hold in held[:LISTED_HOLDS_MAX]]}

    def _gate(self, event, lot, now):
        held = self.holds.get(("lot", lot), [])
        self.gates[lot] = [not held, now]
        self._emit(GATES, "holdfast.gateChanged.v1", "lot/" + lot, ("lot", lot), event,
                   "gate.lot", {
                       "subject": {"type": "lot", "id": lot},
                       "state": "closed" if held else "open",
                       "reasons": [{"holdId": hold.id, **(hold.reason or {})}
                                   for hold in held[:LISTED_HOLDS_MAX]],
                       "since": show_instant(now)})

    def _release(self, event, now):
        data = event.data
        subject = (data["subject"]["type"], data["subject"]["id"])
        told = {"holdId": data["holdId"], "subject": {"type": subject[0], "id": subject[1]}}
        held = self.holds.get(subject, [])
        hold = next((hold for hold in held if hold.id == data["holdId"]), None)
        why = None
        if hold is None:
            why = ("alreadyReleased" if (subject, data["holdId"]) in self.released
                   else "unknownHold")
        elif hold.owner != data["owner"]:
            why = "notOwner"
        if why:
            self._emit(HOLDS, "holdfast.holdReleaseRefused.v1", "/".join(subject), subject, event,
                       "hold.released", {**told, "why": why})
            return
        held.remove(hold)
        self.released.add((subject, hold.id))
        self._emit(HOLDS, "holdfast.holdReleased.v1", "/".join(subject), subject, event,
                   "hold.released", {**told, "approver": data["approver"],
                                     **self._open(subject), "subjectReleased": not held})
        if not held and subject[0] == "lot":
            self._gate(event, subject[1], now)

    def _disposition(self, event):
        data, subject = event.data, ("lot", event.data["lotId"])
        told = {name: data[name] for name in ("lotId", "decision", "decidedBy")}
        held = self.holds.get(subject, [])
        kind = "holdfast.dispositionRefused.v1" if held else "holdfast.dispositionRecorded.v1"
        if held:
            told["blockers"] = [hold.id for hold in held[:LISTED_HOLDS_MAX]]
        self._emit(HOLDS, kind, "/".join(subject), subject, event, "disposition", told)

    def _emit(self, topic, kind, key, subject, event, rule, data, time=None):
        self.out.append(Expected(topic, kind, key, subject, event, rule, data, time))

    # -- changes, documents and their timers ------------------------------------------------

    def _arm(self, event, text):
        timer = _Timer(instant(text), event, event.type)
        if timer.at <= event.record.at:
            self._fire(timer)  # not later than its approval's own append time
            return
        self.timers.append(timer)
        self.timers.sort(key=lambda timer: (timer.at, timer.arming))

    def fire_next(self):
        self._fire(self.timers.pop(0))

    def _fire(self, timer):
        data, event = timer.event.data, timer.event
        if timer.kind == "qms.changeApproved.v1":
            self.effective.add(data["changeId"])
            self._emit(CHANGES, "holdfast.changeEffective.v1", event.key, ("change", event.key),
                       event, "change", {name: data[name] for name in (
                           "changeId", "effectiveFrom", "scope", "approvedBy")},
                       time=data["effectiveFrom"])
            return
        approved = timer.kind == "qms.documentApproved.v1"
        told = {"documentId": data["documentId"], "version": data["version"]}
        for name in ("supersedes", "guideId", "qmsRecordId"):
            if name in data:
                told[name] = data[name]
        kind = "holdfast.documentEffective.v1" if approved else "holdfast.documentRetired.v1"
        self._emit(CHANGES, kind, event.key, ("document", event.key), event, "document", told,
                   time=data["effectiveFrom" if approved else "retiredFrom"])

    def _cancel(self, event):
        change = event.data["changeId"]
        armed = [timer for timer in self.timers
                 if timer.kind == "qms.changeApproved.v1" and timer.event.key == change]
        in_time = [timer for timer in armed if event.record.at <= timer.at]
        if in_time:
            self.timers = [timer for timer in self.timers if timer not in in_time]
            return
        late = armed or change in self.effective
        self._refuse_change(event, "alreadyEffective" if late else "unknownChange")

    def _refuse_change(self, event, why):
        change = event.data["changeId"]
        self._emit(CHANGES, "holdfast.changeRefused.v1", change, ("change", change), event,
                   "change", {"changeId": change, "why": why})

    # -- signals --------------------------------------------------------------------------------

    def apply_signal(self, signal, record, now):
        event = signal.event
        if signal.kind == "holdProposed":
            self._hold(event, ("equipment", signal.key), None, "quality", None, signal.severity,
                       root_cause(event), signal.rule, now)
            return
        group = self._open_group(signal, record)
        if group is None:
            self._found(signal, record)
        else:
            self._join(group, signal, record)

    def _open_group(self, signal, record):
        at = signal.event.at
        for group in self.groups.get(signal.key, ()):
            if record.at - group.joined > GROUP_RETENTION_US or group.members >= MEMBERS_MAX:
                continue
            if not group.first - GAP_US <= at <= group.last + GAP_US:
                continue
            if max(group.last, at) - min(group.first, at) <= SPAN_US:
                return group
        return None

    def _group_emit(self, topic, what, signal, data):
        self._emit(topic, "holdfast.%s.v1" % what, signal.key, ("rootCause", signal.key),
                   signal.event, "group", data)
        return self.out[-1]

    def _found(self, signal, record):
        event = signal.event
        group = _Group()
        group.first = group.last = event.at
        group.members, group.lots, group.joined = 1, {event.key}, record.at
        group.loudest = SEVERITY[signal.severity]
        group.severity = signal.severity
        self.groups.setdefault(signal.key, []).append(group)
        references = {name: event.data[name] for name in REFERENCES
                      if isinstance(event.data.get(name), str) and 0 < len(event.data[name]) <= 256}
        # Elsewhere it is an unknown member, which nobody has checked.
        evidence = (event.data.get("evidence", [])
                    if event.type == "mes.stepFailed.v1" else [])
        raised = self._group_emit(DEVIATIONS, "deviationRaised", signal, {
            "rootCauseKey": signal.key, "dimension": ANY, "severity": signal.severity,
            "refs": references, "evidence": evidence})
        group.deviation = raised.data["deviationId"] = raised.id
        self._raise(group, signal, None)

    def _raise(self, group, signal, escalates):
        data = {"deviationId": group.deviation, "severity": signal.severity, "summary": ANY}
        if escalates is not None:
            data["escalates"] = escalates
        raised = self._group_emit(ALERTS, "alertRaised", signal, data)
        group.alert = raised.data["alertId"] = raised.id
        group.leader = {"source": signal.event.source, "id": signal.event.id}

    def _join(self, group, signal, record):
        event = signal.event
        group.first, group.last = min(group.first, event.at), max(group.last, event.at)
        group.members += 1
        group.lots.add(event.key)
        group.joined = record.at
        louder = SEVERITY[signal.severity] > group.loudest
        if louder:
            group.loudest, group.severity = SEVERITY[signal.severity], signal.severity
        self._group_emit(DEVIATIONS, "deviationUpdated", signal, {
            "deviationId": group.deviation,
            "member": {"source": event.source, "id": event.id},
            "memberCount": group.members, "severity": group.severity,
            "affectedLots": len(group.lots)})
        if louder:
            self._raise(group, signal, group.alert)
            return
        self._group_emit(ALERTS, "alertSuppressed", signal, {
            "alertId": group.alert, "deviationId": group.deviation, "leader": dict(group.leader),
            "why": {"rule": "group", "dimension": ANY, "memberCount": group.members,
                    "window": {"from": show_instant(group.first), "to": show_instant(group.last),
                               "gapSeconds": GAP_US // 1_000_000}}})
