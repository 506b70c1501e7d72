// The model's changes and documents: armed, cancelled, effective at their instant (rule 2).

extension ModelTask {
    func arm(_ fact: InboundFact, _ text: String?) {
        guard let at = text.flatMap(EvidenceTime.instant) else { return }
        let timer = Timer(at: at, cause: fact)
        // Not later than its approval's own append time: right after that record.
        if at <= fact.appendTime { return fire(timer) }
        let place =
            timers.firstIndex { ($0.at, $0.cause.offset) > (at, fact.offset) } ?? timers.endIndex
        timers.insert(timer, at: place)
    }

    func fireNext() { fire(timers.removeFirst()) }

    private func fire(_ timer: Timer) {
        let fact = timer.cause
        func raw(_ name: StaticString) -> ExpectedValue {
            fact.document.member(name, of: fact.data).map { .raw(Array(fact.document.slice($0))) }
                ?? .absent
        }
        func word(_ name: StaticString) -> ExpectedValue {
            fact.text(name).map { .text($0) } ?? .absent
        }
        if fact.type == "qms.changeApproved.v1" {
            effective.insert(fact.key)
            let output = ExpectedOutput(
                .changeEffective, key: fact.key,
                subject: EvidenceSubject(type: "change", id: fact.key), rule: "change",
                cause: fact, time: fact.text("effectiveFrom"),
                [
                    ("changeId", .text(fact.key)), ("effectiveFrom", word("effectiveFrom")),
                    ("scope", raw("scope")), ("approvedBy", word("approvedBy")),
                ])
            output.dueAt = timer.at
            return emit(output)
        }
        let isApproved = fact.type == "qms.documentApproved.v1"
        let output = ExpectedOutput(
            isApproved ? .documentEffective : .documentRetired, key: fact.key,
            subject: EvidenceSubject(type: "document", id: fact.key), rule: "document",
            cause: fact, time: fact.text(isApproved ? "effectiveFrom" : "retiredFrom"),
            [
                ("documentId", .text(fact.key)), ("version", word("version")),
                ("supersedes", word("supersedes")), ("guideId", word("guideId")),
                ("qmsRecordId", word("qmsRecordId")),
            ])
        output.dueAt = timer.at
        emit(output)
    }

    /// One appended at or before the instant wins, one after it is too late, fired or not.
    func cancel(_ fact: InboundFact) {
        let armed = timers.filter {
            $0.cause.type == "qms.changeApproved.v1" && $0.cause.key == fact.key
        }
        if armed.contains(where: { fact.appendTime <= $0.at }) {
            timers.removeAll {
                $0.cause.type == "qms.changeApproved.v1" && $0.cause.key == fact.key
                    && fact.appendTime <= $0.at
            }
            return
        }
        let isLate = !armed.isEmpty || effective.contains(fact.key)
        refuseChange(fact, isLate ? "alreadyEffective" : "unknownChange")
    }

    func refuseChange(_ fact: InboundFact, _ why: String) {
        emit(
            ExpectedOutput(
                .changeRefused, key: fact.key,
                subject: EvidenceSubject(type: "change", id: fact.key), rule: "change",
                cause: fact, [("changeId", .text(fact.key)), ("why", .text(why))]))
    }
}
