"""What the catalogue requires of each inbound type: members, enumerations, time formats."""

import re

from facts import instant

SEVERITIES = ("minor", "major", "critical")
SUBJECTS = ("lot", "equipment", "material", "document")
_STEP = {"lotId": "text", "stepId": "text", "operation": "text", "equipmentId": "text",
         "operatorId": "text"}

#: type -> required members and their kinds.
CONTRACT = {
    "mes.lotCreated.v1": {"lotId": "text"},
    "mes.stepStarted.v1": _STEP,
    "mes.stepCompleted.v1": _STEP,
    "mes.stepFailed.v1": {**_STEP, "severity": SEVERITIES},
    "mes.limitExceeded.v1": {
        "lotId": "text", "equipmentId": "text", "parameter": "text", "value": "quantity",
        "unit": "text", "limitKind": ("OOS", "OOT"), "severity": SEVERITIES},
    "mes.misScanDetected.v1": {
        "lotId": "text", "stepId": "text", "expected": "text", "scanned": "text",
        "operatorId": "text"},
    "mes.interlockViolated.v1": {
        "lotId": "text", "equipmentId": "text", "interlock": "text", "operatorId": "text"},
    "mes.materialConsumed.v1": {
        "lotId": "text", "materialLotId": "text", "quantity": "quantity", "unit": "text"},
    "qms.holdRequested.v1": {
        "holdId": "text", "subject": "subject", "reason": "reason", "owner": "text"},
    "qms.holdReleaseApproved.v1": {
        "holdId": "text", "subject": "subject", "owner": "text", "approver": "text",
        "meaning": "text", "signedAt": "time"},
    "qms.dispositionDecided.v1": {
        "lotId": "text",
        "decision": ("accepted", "conditionallyAccepted", "rejected", "reworked"),
        "decidedBy": "text", "meaning": "text", "signedAt": "time"},
    "qms.changeApproved.v1": {
        "changeId": "text", "effectiveFrom": "time", "scope": "object", "approvedBy": "text",
        "initiatedBy": "text"},
    "qms.changeCancelled.v1": {"changeId": "text", "reason": "present"},
    "qms.documentApproved.v1": {"documentId": "text", "version": "text", "effectiveFrom": "time"},
    "qms.documentRetired.v1": {"documentId": "text", "version": "text", "retiredFrom": "time"},
    "qms.trainingCompleted.v1": {
        "personId": "text", "operation": "text", "effectiveFrom": "time", "expiresAt": "time"},
    "qms.equipmentStatusChanged.v1": {
        "equipmentId": "text",
        "status": ("available", "calibrationDue", "calibrationFailed", "outOfService")},
}

#: Members that may be absent but have a kind when they stand there.
OPTIONAL = {
    "severity": SEVERITIES, "failureMode": "text", "parameter": "text", "value": "quantity",
    "unit": "text", "lowerLimit": "quantity", "upperLimit": "quantity", "stepId": "text",
    "operation": "text", "operatorId": "text", "equipmentId": "text", "batchId": "text",
    "orderId": "text", "effectiveUntil": "time", "validUntil": "time", "evidence": "array",
    "recipe": "versioned",
}

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)


def _is_text(value):
    return isinstance(value, str) and type(value) is str


def _fits(kind, value):
    if kind == "text":
        return _is_text(value)
    if kind == "time":
        return _is_text(value) and instant(value) is not None
    if kind == "quantity":
        return isinstance(value, str) and _NUMBER.fullmatch(value) is not None
    if kind == "object":
        return isinstance(value, dict)
    if kind == "array":
        return isinstance(value, list)
    if kind == "versioned":
        return isinstance(value, dict) and all(
            _is_text(value.get(name, "absent")) and value.get(name) != ""
            for name in ("id", "version"))
    if kind == "subject":
        return isinstance(value, dict) and value.get("type") in SUBJECTS and _is_text(
            value.get("id"))
    if kind == "reason":
        return isinstance(value, dict) and _is_text(value.get("code")) and _is_text(
            value.get("text"))
    if kind == "present":
        return True
    return _is_text(value) and value in kind


def violation(kind, data):
    """The first member that breaks the contract of its type; None when all is well."""
    if not isinstance(data, dict):
        return "data"
    for name, wanted in CONTRACT[kind].items():
        if name not in data or not _fits(wanted, data[name]):
            return name
    for name, wanted in OPTIONAL.items():
        if name in data and name not in CONTRACT[kind] and not _fits(wanted, data[name]):
            return name
    return None


def subject_of(kind, data):
    """(type, id) of what an event is about; its id must be the record's key."""
    if kind.startswith("mes."):
        return "lot", data["lotId"]
    if kind in ("qms.holdRequested.v1", "qms.holdReleaseApproved.v1"):
        return data["subject"]["type"], data["subject"]["id"]
    for member, subject in (("lotId", "lot"), ("changeId", "change"), ("documentId", "document"),
                            ("personId", "person"), ("equipmentId", "equipment")):
        if member in CONTRACT[kind]:
            return subject, data[member]
    raise AssertionError(kind)
