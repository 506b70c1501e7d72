"""Compares what a read_committed consumer saw with what had to come out, each exactly once."""

import json

from decide import ANY
from facts import DEAD, DEVIATIONS, EXTENSIONS, GATES, HOLDS, OUTPUTS, instant
from intake import Malformed, Number, parse

#: What an absent member of an event's data may also be written as.
_EMPTY_MAY_LACK = {"evidence", "refs"}


class Actual:
    __slots__ = ("record", "envelope", "data")

    def __init__(self, record, envelope):
        self.record, self.envelope, self.data = record, envelope, envelope.get("data")

    def __str__(self):
        return "%s %s at %s (cause %s)" % (
            self.envelope.get("type"), self.envelope.get("id"), self.record.place(),
            (self.data or {}).get("cause"))


def plain(value):
    """A value with its numbers as ints where they are ints, to compare counts."""
    if isinstance(value, Number):
        try:
            return int(value)
        except ValueError:
            return "number " + value
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value


def differs(expected, actual, path=""):
    """The first difference of two values, as text; None when there is none."""
    if expected is ANY:
        return None if actual not in (None, "", {}) else "%s is missing" % path
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name in sorted(set(expected) | set(actual)):
            here = path + "." + name if path else name
            if name not in actual:
                if name in _EMPTY_MAY_LACK and not expected[name]:
                    continue
                return "%s is missing" % here
            if name not in expected:
                if name in _EMPTY_MAY_LACK and not actual[name]:
                    continue
                return "%s should not be there (%r)" % (here, actual[name])
            found = differs(expected[name], actual[name], here)
            if found:
                return found
        return None
    if isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            return "%s has %d elements, expected %d" % (path, len(actual), len(expected))
        for index, (one, two) in enumerate(zip(expected, actual)):
            found = differs(one, two, "%s[%d]" % (path, index))
            if found:
                return found
        return None
    if path.endswith(("since", "window.from", "window.to")):
        if (instant(actual) or 0) // 1000 == instant(expected) // 1000:
            return None
    if plain(expected) == plain(actual):
        return None
    return "%s is %r, expected %r" % (path, actual, expected)


class Outputs:
    def __init__(self, dump, report, deployment=None):
        self.dump, self.report = dump, report
        self.source = None if deployment is None else "/holdfast/" + deployment
        self.by_id = {}
        self.dimensions = {}
        self.reasons = {}
        for topic in OUTPUTS:
            for record in dump.topic(topic):
                self._read(record)

    def _read(self, record):
        try:
            envelope = parse((record.value or b"").decode())
        except (Malformed, UnicodeDecodeError) as error:
            self.report("output", "%s is no JSON: %s" % (record.place(), error))
            return
        if not isinstance(envelope, dict) or not isinstance(envelope.get("data"), dict):
            self.report("output", "%s is no event of ours" % record.place())
            return
        self.by_id.setdefault(envelope.get("id"), []).append(Actual(record, envelope))
        data = envelope["data"]
        if envelope.get("type") == "holdfast.holdApplied.v1":
            self.reasons[data.get("holdId")] = data.get("reason")

    def compare(self, expected, policies, gates_compacted=False):
        last_gate = {}
        for event in expected:
            if event.topic == GATES:
                last_gate[event.key] = event.id
        wanted = {}
        for event in expected:
            if event.id in wanted:
                self.report("oracle", "two expected events have the id of %s" % event)
            wanted[event.id] = event
            found = self.by_id.get(event.id, [])
            if not found:
                if not (gates_compacted and event.topic == GATES
                        and last_gate[event.key] != event.id):
                    self.report("lost", "%s never came out" % event)
                continue
            if len(found) > 1:
                self.report("doubled", "%s came out %d times: %s" % (
                    event, len(found), ", ".join(one.record.place() for one in found)))
            for one in found:
                self._content(event, one, policies)
        for name, found in self.by_id.items():
            if name not in wanted:
                self.report("extra", "%s should not be there" % found[0])
        self._order(expected)

    def _content(self, event, actual, policies):
        envelope, record = actual.envelope, actual.record
        common = {
            "specversion": "1.0", "id": event.id, "type": event.type, "time": event.time,
            "subject": "/".join(event.subject), "causationid": event.event.id}
        for name in EXTENSIONS:
            if name != "causationid":
                common[name] = event.event.ext.get(name)
        for name, value in common.items():
            if envelope.get(name) != value and str(envelope.get(name)) != str(value):
                self.report("content", "%s: %s is %r, expected %r" % (
                    event, name, envelope.get(name), value))
        if self.source is None:
            self.source = envelope.get("source")
        if envelope.get("source") != self.source or not str(self.source).startswith("/holdfast/"):
            self.report("content", "%s: source is %r" % (event, envelope.get("source")))
        if record.topic != event.topic or (record.key or b"").decode() != event.key:
            self.report("content", "%s: stands on %s under the key %r, expected %s, %r" % (
                event, record.topic, record.key, event.topic, event.key))
        data = dict(actual.data)
        digest = data.pop("policyDigest", None)
        if policies is not None and digest not in policies:
            self.report("content", "%s: policyDigest %r is of no batch" % (event, digest))
        rule = data.pop("rule", None) or {}
        if rule.get("id") != event.rule or str(rule.get("version")) != "1":
            self.report("content", "%s: rule is %r, expected %s" % (event, rule, event.rule))
        found = differs(event.event.cause(), data.pop("cause", None), "cause")
        found = found or differs(self._with_reasons(event), data)
        if found:
            self.report("content", "%s: %s" % (event, found))
        self._dimension(event, data)

    def _with_reasons(self, event):
        """A closed gate's reasons are its holds', also where the worker chose the words."""
        if event.topic != GATES:
            return event.data
        reasons = [{**(self.reasons.get(reason["holdId"]) or {}), **reason}
                   for reason in event.data["reasons"]]
        return {**event.data, "reasons": reasons}

    def _dimension(self, event, data):
        """One kind of root-cause key has one name of dimension, wherever it is told."""
        why = data.get("why")
        told = data.get("dimension") or (why.get("dimension") if isinstance(why, dict) else None)
        if told is None:
            return
        parts = event.key.split("/")
        kind = parts[2] if parts[0] == "equipment" else parts[0]
        if self.dimensions.setdefault(kind, told) != told:
            self.report("content", "%s: dimension %r, elsewhere %r" % (
                event, told, self.dimensions[kind]))

    def _order(self, expected):
        """Events of one key stand in the order of the decisions, on each topic."""
        lines = {}
        for event in expected:
            found = self.by_id.get(event.id)
            if found:
                lines.setdefault((event.topic, event.key), []).append((found[0].record, event))
        for (topic, key), line in lines.items():
            for (one, _), (two, event) in zip(line, line[1:]):
                if one.partition != two.partition:
                    self.report("order", "%s: the key %r is in two partitions" % (topic, key))
                elif two.offset < one.offset:
                    self.report("order", "%s stands before %s" % (event, one.place()))
        held = {}
        for event in expected:
            if event.topic == HOLDS and event.type == "holdfast.holdApplied.v1" \
                    and event.subject[0] == "lot":
                held[event.event.source, event.event.id] = event
        for event in expected:
            hold = held.get((event.event.source, event.event.id))
            if event.topic == DEVIATIONS and hold and self.by_id.get(event.id) and \
                    self.by_id.get(hold.id):
                late = self.by_id[hold.id][0].record
                if late.at > self.by_id[event.id][0].record.at:
                    self.report("order", "%s came before its hold %s" % (event, hold.id))

    def compare_gates(self, expected):
        """The gate table, as a reader of the compacted topic has it."""
        table, wanted = {}, {}
        for record in self.dump.topic(GATES):
            table[(record.key or b"").decode()] = record
        for event in expected:
            if event.topic == GATES:
                wanted[event.key] = event
        for key in sorted(set(table) | set(wanted)):
            if key not in table or key not in wanted:
                self.report("gates", "row %r is %s" % (
                    key, "missing" if key not in table else "nobody's"))
                continue
            told = json.loads(table[key].value or b"{}")
            if told.get("id") != wanted[key].id:
                self.report("gates", "row %r says %s of cause %s, expected %s" % (
                    key, told.get("data", {}).get("state"),
                    told.get("data", {}).get("cause", {}).get("id"), wanted[key]))
        return len(wanted)


def compare_dead_letters(dump, refusals, report):
    """Every refused record stands once on holdfast.dead-letters, whole, with its reason."""
    found = {}
    for record in dump.topic(DEAD):
        headers = {name: (value or b"").decode(errors="replace")
                   for name, value in record.headers}
        place = (headers.get("hf_topic"), headers.get("hf_partition"), headers.get("hf_offset"))
        found.setdefault(place, []).append((record, headers))
    for record, refusal in refusals:
        place = (record.topic, str(record.partition), str(record.offset))
        letters = found.pop(place, [])
        if not letters:
            report("dead letters", "%s (%s) is missing" % (record.place(), refusal.reasons[0]))
            continue
        if len(letters) > 1:
            report("dead letters", "%s stands there %d times" % (record.place(), len(letters)))
        letter, headers = letters[0]
        if headers.get("hf_reason") not in refusal.reasons:
            report("dead letters", "%s: reason %s (%s), expected %s" % (
                record.place(), headers.get("hf_reason"), headers.get("hf_detail"),
                " or ".join(refusal.reasons)))
        kept = [header for header in letter.headers if not header[0].startswith("hf_")]
        if letter.key != record.key or letter.value != record.value or kept != list(
                record.headers):
            report("dead letters", "%s: key, value or headers were changed" % record.place())
        missing = {"hf_detail", "hf_task", "hf_version"} - set(headers)
        if missing:
            report("dead letters", "%s: no %s" % (record.place(), ", ".join(sorted(missing))))
    for place in found:
        report("dead letters", "%s/%s@%s was not to be refused" % place)
