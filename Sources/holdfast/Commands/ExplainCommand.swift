// `holdfast explain ID`: everything in the log that has to do with an id, in the order in which it
// happened. Three readings: what names the id; what shares its causes; the batch records over them.
// A record that does not contain the id's bytes is never parsed, so a reading costs little more
// than fetching.

import Configuration
import Contracts
import EventLog
import EventModel

/// Tells the story of an id.
package final class ExplainCommand {
    /// A group may have ten thousand members: so many of its records are told, the rest counted.
    private static let toldMax = 200
    /// Causes followed from the records found; a deviation's members beyond it are not.
    private static let causesMax = 100
    private static let told: [Topic] = [
        .mesExecution, .qmsQuality, .signals, .holds, .deviations, .alerts, .changes, .gates,
        .deadLetters,
    ]

    private let call: Invocation
    private let id: String
    private let matcher: RecordMatcher
    private let printer: RecordPrinter
    private var findings: [TopicPartition: [Offset: Finding]] = [:]
    private var causes: Set<String> = []
    private var leftOut = 0

    package static func run(_ call: Invocation) throws(CommandError) {
        try ExplainCommand(call).explain()
    }

    private init(_ call: Invocation) {
        self.call = call
        id = call.arguments[0]
        matcher = RecordMatcher(limits: call.settings.limits)
        printer = RecordPrinter(call)
    }

    private func explain() throws(CommandError) {
        try read(ids: [id])
        // What shares the cause: the hold's deviation and alert, the alert's hold.
        causes.remove(id)
        if !causes.isEmpty { try read(ids: causes, areCauses: true) }
        let rows = try stateRows()
        let batches = try batchRecords()
        guard !call.shouldEnd else { return }
        let story = findings.values.flatMap(\.values).sorted(by: Finding.isBefore)
        guard !story.isEmpty || !rows.isEmpty else {
            throw CommandError(
                .data, Terminal.visible(id), "nothing in the log has this id",
                wayOut: "Ids are exact; retention may have removed it")
        }
        if call.settings.isJSON {
            for finding in story + rows + batches { call.terminal.line(bytes: finding.json) }
        } else {
            print(story: story, rows: rows, batches: batches)
        }
    }

    // MARK: Reading

    private func read(ids: Set<String>, areCauses: Bool = false) throws(CommandError) {
        let needles = ids.map { Array($0.utf8) }
        try LogScan.read(Self.told, call: call) { record throws(CommandError) in
            guard let relation = matcher.relation(of: record, to: ids, needles: needles) else {
                return true
            }
            let place = TopicPartition(record.topic, record.partition)
            if findings[place]?[record.offset] != nil { return true }
            if findings.values.reduce(0, { $0 + $1.count }) >= Self.toldMax {
                leftOut += 1
                return true
            }
            let kind = areCauses ? relation.kind.seenFromEffect : relation.kind
            findings[place, default: [:]][record.offset] = finding(record, kind)
            if causes.count < Self.causesMax, let cause = relation.cause { causes.insert(cause) }
            return true
        }
    }

    /// State rows that name the id: the group it is a member of, the hold, the timer.
    private func stateRows() throws(CommandError) -> [Finding] {
        var rows: [String: Finding] = [:]
        let needle = Array(id.utf8)
        try LogScan.read([.state], call: call) { record throws(CommandError) in
            guard let key = record.key?.text else { return true }
            guard let value = record.value, matcher.isQuoted(needle, in: value) else {
                rows[key] = nil
                return true
            }
            rows[key] = finding(record, .state)
            return true
        }
        return rows.values.sorted(by: Finding.isBefore)
    }

    /// The batch records whose ranges cover an inbound record of the story.
    private func batchRecords() throws(CommandError) -> [Finding] {
        var places: [TopicPartition: [Offset]] = [:]
        for (place, records) in findings where Topic.inputs.contains(place.topic) {
            places[place] = records.keys.sorted()
        }
        guard !places.isEmpty else { return [] }
        var batches: [Finding] = []
        try LogScan.read([.audit], call: call) { record throws(CommandError) in
            if matcher.batch(record, covers: places) { batches.append(finding(record, .batch)) }
            return batches.count < Self.toldMax
        }
        return batches
    }

    private func finding(_ record: LogRecord, _ relation: Finding.Relation) -> Finding {
        Finding(
            place: TopicPartition(record.topic, record.partition), offset: record.offset,
            appendTime: record.appendTime, relation: relation,
            key: record.key?.text ?? "", sentence: printer.sentence(record),
            origin: matcher.origin(of: record),
            json: printer.json(record, relation: relation.rawValue))
    }

    // MARK: Printing

    private func print(story: [Finding], rows: [Finding], batches: [Finding]) {
        let terminal = call.terminal
        for finding in story {
            terminal.line(
                "\(terminal.styled(HumanTime.text(finding.appendTime), .dim))  "
                    + "\(terminal.styled(finding.relation.words, .bold)): "
                    + Terminal.visible(finding.sentence))
            let origin = finding.origin.map { "  \(Terminal.visible($0))" } ?? ""
            terminal.line("    at \(terminal.styled(finding.where, .cyan))\(origin)")
        }
        if leftOut > 0 { terminal.line("... and \(leftOut) more records.") }
        if !batches.isEmpty { terminal.line("\nDecided in:") }
        for batch in batches {
            terminal.line(
                "    \(Terminal.visible(batch.sentence)), at "
                    + terminal.styled(batch.where, .cyan)
                    + (batch.origin.map { "  \(Terminal.visible($0))" } ?? ""))
        }
        if !rows.isEmpty { terminal.line("\nState:") }
        for row in rows {
            terminal.line(
                "    \(Terminal.visible(row.key)), at \(terminal.styled(row.where, .cyan))")
        }
    }
}
