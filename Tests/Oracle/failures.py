"""--failures-only: for lots with nothing but failures, holds, gates and members follow from the
input alone. No batch record is read and no order between topics is assumed.
"""

from decide import TaskState
from facts import ALERTS, DEVIATIONS, GAP_US, GATES, HOLDS, MES, SPAN_US, MEMBERS_MAX
from intake import Event


def check(dump, outputs, report, lot_prefix=""):
    """Returns counts of what was checked."""
    state, causes = TaskState(), set()
    for record in dump.topic(MES):
        event = record.verdict
        if isinstance(event, Event) and event.key.startswith(lot_prefix):
            if event.type == "mes.stepStarted.v1":
                report("failures", "%s: %s is not a mere failure" % (record.place(), event.type))
                continue
            causes.add((event.source, event.id))
            state.apply(event, 0)
    _holds(state, outputs, report)
    members = _members(state, outputs, report)
    _nothing_else(state, causes, outputs, report)
    return {"causes": len(causes), "holds": sum(1 for e in state.out if e.topic == HOLDS),
            "members": members, "gates": sum(1 for e in state.out if e.topic == GATES)}


def _by_cause(outputs, topic):
    table = {}
    for actuals in outputs.by_id.values():
        for actual in actuals:
            if actual.record.topic == topic:
                cause = actual.data.get("cause") or {}
                table.setdefault((cause.get("source"), cause.get("id")), []).append(actual)
    return table


def _holds(state, outputs, report):
    """Holds in full; of gates everything but `since`, which is luck."""
    for event in state.out:
        found = outputs.by_id.get(event.id, [])
        if len(found) != 1:
            report("lost" if not found else "doubled",
                   "%s came out %d times" % (event, len(found)))
            continue
        if event.topic == GATES:
            event.data["since"] = found[0].data.get("since")
        outputs._content(event, found[0], None)


def _members(state, outputs, report):
    deviations, alerts = _by_cause(outputs, DEVIATIONS), _by_cause(outputs, ALERTS)
    keys = {}
    for signal in state.signals:
        if signal.kind == "signal":
            keys.setdefault(signal.key, []).append(signal)
    for key, signals in keys.items():
        raised = 0
        counts = []
        for signal in signals:
            cause = (signal.event.source, signal.event.id)
            for what, table in (("deviation", deviations), ("alert", alerts)):
                if len(table.get(cause, [])) != 1:
                    report("members", "%s %s (key %s) has %d %s events, expected 1" % (
                        *cause, key, len(table.get(cause, [])), what))
            for actual in deviations.get(cause, []):
                if actual.envelope["type"] == "holdfast.deviationRaised.v1":
                    raised += 1
                else:
                    counts.append(int(actual.data.get("memberCount", 0)))
        times = [signal.event.at for signal in signals]
        one_group = max(times) - min(times) <= min(GAP_US, SPAN_US)
        if one_group and len(signals) <= MEMBERS_MAX:
            # Whatever the order, each member lies within the gap of all others: one group.
            if raised != 1 or sorted(counts) != list(range(2, len(signals) + 1)):
                report("members", "key %s: %d deviations, member counts %s; expected one with %d "
                       "members" % (key, raised, sorted(counts)[:10], len(signals)))
    return sum(len(signals) for signals in keys.values())


def _nothing_else(state, causes, outputs, report):
    wanted = {event.id for event in state.out}
    for name, actuals in outputs.by_id.items():
        for actual in actuals:
            cause = actual.data.get("cause") or {}
            mine = (cause.get("source"), cause.get("id")) in causes
            lots = actual.record.topic in (HOLDS, GATES) and not (
                actual.data.get("subject") or {}).get("type") == "equipment"
            if mine and lots and name not in wanted:
                report("extra", "%s should not be there" % actual)
