// What a stream thread's helper recovers tasks through: clients of its own, kept from one task to
// the next (docs/decisions/0005).

import EventLog
import EventModel

/// RecoveryLog on Kafka. Used by one thread, which is not the stream's.
final class KafkaRecoveryLog: RecoveryLog {
    private let configuration: KafkaConfiguration
    private let log: KafkaLogLine
    private var reader: KafkaReader?

    /// Nothing is sent yet.
    init(_ configuration: KafkaConfiguration, log: @escaping KafkaLogLine) {
        self.configuration = configuration
        self.log = log
    }

    /// How long a predecessor's open transaction is waited for while other tasks wait as well, in
    /// milliseconds.
    private static let stableMillisecondsMax: Int64 = 1_000

    /// A recovery reads to an end some four times, and each time waits for being told of it.
    private static let fetchWaitMilliseconds = 2

    func warm() { try? client().warm() }

    func groupOffsets(of partition: Partition) throws(LogError) -> [Topic: Offset] {
        try client().groupOffsets(of: partition, millisecondsMax: Self.stableMillisecondsMax)
    }

    func takeReader() throws(LogError) -> any LogReader { try client() }

    func giveBack(_ reader: any LogReader, isSpent: Bool) {
        // What stays assigned is fetched for ever.
        if !isSpent, (try? reader.assign([])) != nil { return }
        close()
    }

    func rest() { reader?.rest() }

    func close() {
        reader?.close()
        reader = nil
    }

    private func client() throws(LogError) -> KafkaReader {
        if let reader { return reader }
        let made = try KafkaReader(
            configuration, fetchWaitMilliseconds: Self.fetchWaitMilliseconds, log: log)
        reader = made
        return made
    }
}
