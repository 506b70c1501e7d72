#!/usr/bin/env python3
"""A plant's events by seed: mostly progress, some failures, duplicates, poison and QMS decisions.

    generate.py --events N [--seed S] [--start 2026-01-05T06:00:00Z] [--span SECONDS]
                [--ndjson FILE] [--kcat DIR]

The same arguments give the same bytes. --ndjson writes what `holdfast produce` reads (raw poison
left out, for JSON cannot carry it); --kcat writes mes.tsv and qms.tsv for
`kcat -P -K '\\t' -Z -X partitioner=murmur2_random`, raw poison included. `events()` yields both
topics in one order, for drivers that produce at their own pace. Lots that begin with FO- have mere
failures: their holds and members follow from the input alone.
"""

import argparse
import datetime
import hashlib
import json
import os
import random
import sys

MES, QMS = "mes.execution", "qms.quality"
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
RECENT_MAX = 5_000
OVERSIZED = 1_060_000

#: Fills an event up to the size that real ones have (about 590 bytes).
_NOTE = ("Line 3 cell 7 shift B: nominal run, no remarks, in-process controls within alert "
         "limits; verified by the second operator at ")

_STEP = (
    '{"specversion":"1.0","id":"%s","source":"/mes/plant-1","type":"mes.%s.v1",'
    '"subject":"lot/%s","time":"%s","datacontenttype":"application/json",'
    '"traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-%016x-01","data":{"lotId":"%s",'
    '"stepId":"S%d","operation":"op-%d","equipmentId":"%s","operatorId":"OP-%d",'
    '"batchId":"B%d",%s"recipe":{"id":"R-%d","version":"%d"},"note":"'
    + _NOTE + '%s","orderId":"O-%d"}}')


def hold_id(source, cause, rule, lot):
    """The id of an automatic lot hold (docs/design.md, rule 4), so that releases can name it."""
    digest = hashlib.sha256()
    for part in ("holdfast.holdApplied.v1", source, cause, rule, "lot", lot):
        digest.update(len(part.encode()).to_bytes(4, "big") + part.encode())
    return digest.hexdigest()[:32]


class Plant:
    def __init__(self, events, seed, start_ms, span_ms):
        self.random = random.Random(seed)
        self.count, self.start, self.span = events, start_ms, span_ms
        self.second, self.second_text = None, ""
        self.holds = []  # (subject type, id, holdId, owner)
        self.changes = []
        self.serial = 0

    def time_text(self, ms):
        """RFC 3339 in UTC; the part up to the second is kept, for most events share it."""
        second, rest = divmod(ms, 1000)
        if second != self.second:
            self.second = second
            self.second_text = (EPOCH + datetime.timedelta(seconds=second)).strftime(
                "%Y-%m-%dT%H:%M:%S")
        return "%s.%03dZ" % (self.second_text, rest)

    def now_ms(self, index):
        return self.start + index * self.span // max(self.count, 1)

    def lot(self, index):
        """Lots come and go: a window of 400 moves over the run."""
        return "L-%d" % (index // 50 + int(self.random.random() * 400))

    def events(self):
        """Yields (topic, key or None, value or None, is raw): exactly `count`."""
        rnd = self.random.random
        recent = []
        for index in range(self.count):
            ms = self.now_ms(index)
            r = rnd()
            if r >= 0.0825:
                made = self.progress(index, ms)
            elif r < 0.02:
                made = self.failure(index, ms)
            elif r < 0.07 and recent:
                yield recent[int(rnd() * len(recent))]
                continue
            elif r < 0.0705 and recent:
                made = self.conflict(recent[int(rnd() * len(recent))])
            elif r < 0.0725:
                yield self.poison(index, ms)
                continue
            else:
                made = self.quality(index, ms)
            if len(recent) < RECENT_MAX:
                recent.append(made)
            else:
                recent[index % RECENT_MAX] = made
            yield made

    def step(self, kind, index, ms, lot, equipment, extra, name=None):
        r = index * 2_654_435_761 & 0xFFFFFFFF
        text = self.time_text(ms)
        return _STEP % (name or "m-%d" % index, kind, lot, text, r, lot, r % 40, r % 7,
                        equipment, r % 90, r % 1000, extra, r % 20, r % 9, text, r % 5000)

    def progress(self, index, ms):
        r = self.random.random()
        kind = "stepStarted" if r < 0.03 else "stepCompleted"
        lot = self.lot(index)
        if r > 0.97:
            value = json.dumps(self.envelope("m-%d" % index, "mes.materialConsumed.v1", ms, {
                "lotId": lot, "materialLotId": "M-%d" % (index % 300), "quantity": "12.50",
                "unit": "kg", "stepId": "S1", "note": _NOTE * 2}, "/mes/plant-1"),
                separators=(",", ":"))
        else:
            value = self.step(kind, index, ms, lot, "EQ-%d" % (index % 60), "")
        return MES, lot.encode(), value.encode(), False

    def failure(self, index, ms):
        r = self.random.random
        mere = r() < 0.3
        lot = "FO-%d" % int(r() * 200) if mere else self.lot(index)
        equipment = ("FEQ-%d" if mere else "EQ-%d") % int(r() * 60)
        severity = ("minor", "minor", "minor", "major", "critical")[int(r() * 5)]
        what = r()
        name = "m-%d" % index
        if what < 0.55:
            kind, rule = "stepFailed", "hold.stepFailed"
            extra = '"severity":"%s",' % severity
            extra += '"failureMode":"mode %d",' % int(r() * 5) if r() < 0.9 else ""
        elif what < 0.8:
            kind, rule = "limitExceeded", "hold.limitExceeded"
            extra = ('"severity":"%s","limitKind":"%s","parameter":"temp/%d","value":%d.50,'
                     '"unit":"Cel","upperLimit":"80.0",' % (
                         severity, "OOS" if r() < 0.6 else "OOT", int(r() * 4),
                         90 + int(r() * 9)))
        elif what < 0.9:
            kind, rule = "misScanDetected", None
            extra = '"expected":"A","scanned":"B",'
        else:
            kind, rule = "interlockViolated", "hold.interlockViolated"
            extra = '"interlock":"door","severity":"%s",' % severity if r() < 0.8 else \
                '"interlock":"guard",'
        value = self.step(kind, index, ms, lot, equipment, extra)
        if severity == "critical" and rule and not mere:
            self.holds.append(("lot", lot, hold_id("/mes/plant-1", name, rule, lot), "quality"))
        return MES, lot.encode(), value.encode(), False

    def conflict(self, earlier):
        """The same id with other content."""
        topic, key, value, raw = earlier
        return topic, key, value.replace(b'"time":"20', b'"time":"19', 1), raw

    def poison(self, index, ms):
        """A record that must become a dead letter and harm nobody."""
        r = self.random.random
        lot = self.lot(index)
        good = self.step("stepCompleted", index, ms, lot, "EQ-1", "")
        key = lot.encode()
        what = int(r() * 10)
        if what == 0:
            garbage = bytes(128 + int(r() * 128) for _ in range(200))
            return MES, key, garbage, True
        if what == 1:
            return MES, None, good.encode(), True
        if what == 2:
            return MES, key, None, True
        if what == 3 and index % 20 == 0:
            return MES, key, good.replace(_NOTE, "x" * OVERSIZED).encode(), True
        if what == 4:
            return MES, key, good.encode()[:-40], True
        bad = {
            5: good.replace('"stepId":', '"stepIdx":'),
            6: good.replace("stepCompleted.v1", "stepImagined.v1"),
            7: good.replace('"time":"20', '"time":"the year 20'),
            8: good.replace('"specversion":"1.0",', ""),
        }.get(what)
        if bad is not None:
            return MES, key, bad.encode(), False
        return MES, b"not-" + key, good.encode(), False

    # -- quality --------------------------------------------------------------------------------

    def envelope(self, name, kind, ms, data, source="/qms/site-1"):
        return {"specversion": "1.0", "id": name, "source": source, "type": kind,
                "time": self.time_text(ms), "datacontenttype": "application/json",
                "correlationid": "case-" + name, "data": data}

    def quality(self, index, ms):
        r = self.random.random
        name = "q-%d" % index
        what = r()
        make = (self.request if what < 0.3 else self.release if what < 0.6 else
                self.disposition if what < 0.7 else self.change if what < 0.8 else
                self.cancel if what < 0.87 else self.document)
        kind, key, data = make(index, ms)
        data["note"] = _NOTE * 2
        value = json.dumps(self.envelope(name, "qms.%s.v1" % kind, ms, data),
                           separators=(",", ":"))
        return QMS, key.encode(), value.encode(), False

    def request(self, index, ms):
        r = self.random.random
        subject = ("lot", "L-%d" % (index // 50 + 400 + int(r() * 50))) if r() < 0.3 else (
            "lot", self.lot(index)) if r() < 0.7 else ("equipment", "EQ-%d" % int(r() * 60))
        name = "H-%d" % (index if r() < 0.9 else index % 10)
        owner = ("qa-ann", "qa-bob", "quality")[int(r() * 3)]
        self.holds.append((*subject, name, owner))
        return "holdRequested", subject[1], {
            "holdId": name, "subject": {"type": subject[0], "id": subject[1]},
            "reason": {"code": "sampling", "text": "to be sampled \u00e4"}, "owner": owner}

    def release(self, index, ms):
        r = self.random.random
        if not self.holds:
            return self.request(index, ms)
        at = int(r() * len(self.holds))
        kind, subject, name, owner = self.holds[at]
        what = r()
        if what < 0.1:
            name = "H-unknown-%d" % index
        elif what < 0.2:
            owner = owner + "?"
        elif what < 0.8:
            self.holds[at] = self.holds[-1]
            self.holds.pop()
        return "holdReleaseApproved", subject, {
            "holdId": name, "subject": {"type": kind, "id": subject}, "owner": owner,
            "approver": "qa-eve", "meaning": "reviewed", "signedAt": self.time_text(ms)}

    def disposition(self, index, ms):
        lot = self.lot(index)
        return "dispositionDecided", lot, {
            "lotId": lot, "decision": "accepted", "decidedBy": "qa-eve", "meaning": "released",
            "signedAt": self.time_text(ms)}

    def change(self, index, ms):
        r = self.random.random
        name = "C-%d" % index
        self.changes.append(name)
        due = ms + (-1000 if r() < 0.1 else int(500 + r() * 8000))
        return "changeApproved", name, {
            "changeId": name, "effectiveFrom": self.time_text(due),
            "scope": {"documents": ["D-%d" % (index % 40)], "operations": ["op-1"]},
            "approvedBy": "ann", "initiatedBy": "ann" if r() < 0.1 else "bob"}

    def cancel(self, index, ms):
        r = self.random.random
        known = self.changes and r() < 0.9
        name = self.changes[-1 - int(r() * min(20, len(self.changes)))] if known else (
            "C-none-%d" % index)
        return "changeCancelled", name, {"changeId": name, "reason": "withdrawn"}

    def document(self, index, ms):
        r = self.random.random
        name, due = "D-%d" % (index % 40), self.time_text(ms + int(r() * 6000))
        if r() < 0.5:
            return "documentApproved", name, {
                "documentId": name, "version": str(index), "effectiveFrom": due,
                "supersedes": str(index - 1), "guideId": "G-1"}
        return "documentRetired", name, {
            "documentId": name, "version": str(index), "retiredFrom": due}


def events(count, seed=1, start_ms=1_767_592_800_000, span_ms=120_000):
    return Plant(count, seed, start_ms, span_ms).events()


def kcat_line(key, value):
    """A line for kcat -K '\\t' -Z: no tab is a null key, nothing after it a null value."""
    return (b"" if key is None else key + b"\t") + (value or b"") + b"\n"


def write(source, ndjson, kcat_dir):
    files = {}
    if kcat_dir:
        os.makedirs(kcat_dir, exist_ok=True)
        files = {topic: open(os.path.join(kcat_dir, topic[:3] + ".tsv"), "wb")
                 for topic in (MES, QMS)}
    for topic, key, value, raw in source:
        if ndjson and not raw:
            ndjson.write(b'{"topic":"%s","key":"%s","value":%s}\n' % (
                topic.encode(), key, value))
        if files:
            files[topic].write(kcat_line(key, value))
    for file in files.values():
        file.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", default="2026-01-05T06:00:00Z")
    parser.add_argument("--span", type=float, default=120.0, help="seconds of plant time")
    parser.add_argument("--ndjson")
    parser.add_argument("--kcat")
    options = parser.parse_args()
    start = datetime.datetime.fromisoformat(options.start.replace("Z", "+00:00"))
    source = events(options.events, options.seed,
                    int((start - EPOCH).total_seconds() * 1000), int(options.span * 1000))
    if options.ndjson and options.ndjson != "-":
        with open(options.ndjson, "wb", buffering=1 << 20) as out:
            write(source, out, options.kcat)
    else:
        write(source, sys.stdout.buffer if options.ndjson == "-" or not options.kcat else None,
              options.kcat)


if __name__ == "__main__":
    main()
