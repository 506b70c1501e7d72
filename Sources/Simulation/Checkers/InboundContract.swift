// What the catalogue requires of each inbound type: members and their kinds.

/// The contract of one type.
struct InboundContract {
    enum Kind {
        case text, time, quantity, object, array
        /// An object of lists, at least one of them with an entry.
        case lists
        case one(of: [String])
    }
    /// Members that must be there, with their kinds.
    var required: [(name: StaticString, kind: Kind)]
    /// The member that names the subject; nil: `subject.id`.
    var subjectMember: StaticString?

    private static let severities = Kind.one(of: ["minor", "major", "critical"])
    private static let step: [(name: StaticString, kind: Kind)] = [
        ("lotId", .text), ("stepId", .text), ("operation", .text), ("equipmentId", .text),
        ("operatorId", .text),
    ]
    /// Members that may be absent but have a kind where they stand.
    private static let optional: [(name: StaticString, kind: Kind)] = [
        ("severity", severities), ("failureMode", .text), ("parameter", .text),
        ("value", .quantity), ("unit", .text), ("lowerLimit", .quantity),
        ("upperLimit", .quantity), ("stepId", .text), ("operation", .text),
        ("operatorId", .text), ("equipmentId", .text), ("batchId", .text),
        ("effectiveUntil", .time), ("validUntil", .time), ("evidence", .array),
    ]

    private init(_ subject: StaticString?, _ required: [(name: StaticString, kind: Kind)]) {
        subjectMember = subject
        self.required = required
    }

    static let all: [String: InboundContract] = [
        "mes.lotCreated.v1": InboundContract("lotId", [("lotId", .text)]),
        "mes.stepStarted.v1": InboundContract("lotId", step),
        "mes.stepCompleted.v1": InboundContract("lotId", step),
        "mes.stepFailed.v1": InboundContract("lotId", step + [("severity", severities)]),
        "mes.limitExceeded.v1": InboundContract(
            "lotId",
            [
                ("lotId", .text), ("equipmentId", .text), ("parameter", .text),
                ("value", .quantity), ("unit", .text), ("limitKind", .one(of: ["OOS", "OOT"])),
                ("severity", severities),
            ]),
        "mes.misScanDetected.v1": InboundContract(
            "lotId",
            [
                ("lotId", .text), ("stepId", .text), ("expected", .text), ("scanned", .text),
                ("operatorId", .text),
            ]),
        "mes.interlockViolated.v1": InboundContract(
            "lotId",
            [
                ("lotId", .text), ("equipmentId", .text), ("interlock", .text),
                ("operatorId", .text),
            ]),
        "mes.materialConsumed.v1": InboundContract(
            "lotId",
            [
                ("lotId", .text), ("materialLotId", .text), ("quantity", .quantity),
                ("unit", .text),
            ]),
        "qms.holdRequested.v1": InboundContract(
            nil, [("holdId", .text), ("reason", .object), ("owner", .text)]),
        "qms.holdReleaseApproved.v1": InboundContract(
            nil,
            [
                ("holdId", .text), ("owner", .text), ("approver", .text), ("meaning", .text),
                ("signedAt", .time),
            ]),
        "qms.dispositionDecided.v1": InboundContract(
            "lotId",
            [
                ("lotId", .text),
                (
                    "decision",
                    .one(of: ["accepted", "conditionallyAccepted", "rejected", "reworked"])
                ), ("decidedBy", .text), ("meaning", .text), ("signedAt", .time),
            ]),
        "qms.changeApproved.v1": InboundContract(
            "changeId",
            [
                ("changeId", .text), ("effectiveFrom", .time), ("scope", .lists),
                ("approvedBy", .text), ("initiatedBy", .text),
            ]),
        "qms.changeCancelled.v1": InboundContract(
            "changeId", [("changeId", .text), ("reason", .text)]),
        "qms.documentApproved.v1": InboundContract(
            "documentId", [("documentId", .text), ("version", .text), ("effectiveFrom", .time)]),
        "qms.documentRetired.v1": InboundContract(
            "documentId", [("documentId", .text), ("version", .text), ("retiredFrom", .time)]),
        "qms.trainingCompleted.v1": InboundContract(
            "personId",
            [
                ("personId", .text), ("operation", .text), ("effectiveFrom", .time),
                ("expiresAt", .time),
            ]),
        "qms.equipmentStatusChanged.v1": InboundContract(
            "equipmentId",
            [
                ("equipmentId", .text),
                (
                    "status",
                    .one(of: ["available", "calibrationDue", "calibrationFailed", "outOfService"])
                ),
            ]),
    ]

    func isKept(by document: EvidenceJSON, _ data: Int) -> Bool {
        guard document.nodes[data].kind == .object else { return false }
        for (name, kind) in required {
            guard let node = document.member(name, of: data), Self.fits(document, node, kind) else {
                return false
            }
        }
        for (name, kind) in Self.optional {
            if let node = document.member(name, of: data), !Self.fits(document, node, kind) {
                return false
            }
        }
        guard subjectMember == nil else { return true }
        guard let subject = document.member("subject", of: data),
            let reason = document.member("reason", of: data) ?? document.member("subject", of: data)
        else { return false }
        let isReasoned =
            document.member("reason", of: data) == nil
            || (document.text("code", of: reason) != nil
                && document.text("text", of: reason) != nil)
        return isReasoned && document.text("id", of: subject) != nil
            && ["lot", "equipment", "material", "document"].contains(
                document.text("type", of: subject))
    }

    func subject(in document: EvidenceJSON, _ data: Int) -> String? {
        if let subjectMember { return document.text(subjectMember, of: data) }
        return document.member("subject", of: data).flatMap { document.text("id", of: $0) }
    }

    private static func fits(_ document: EvidenceJSON, _ node: Int, _ kind: Kind) -> Bool {
        switch kind {
        case .text: return document.string(node).map { !$0.isEmpty } ?? false
        case .time:
            return document.string(node).map { EvidenceTime.instant($0) != nil } ?? false
        case .quantity:
            if document.nodes[node].kind == .number { return true }
            guard let text = document.string(node) else { return false }
            return (try? EvidenceJSON(Array(text.utf8)))?.nodes.first.map {
                $0.kind == .number && Int($0.end - $0.start) == text.utf8.count
            } ?? false
        case .object: return document.nodes[node].kind == .object
        case .array: return document.nodes[node].kind == .array
        case .lists:
            let lists = document.members(node).map { document.elements($0.value) }
            return lists.contains { !$0.isEmpty }
        case .one(let words): return document.string(node).map(words.contains) ?? false
        }
    }
}
