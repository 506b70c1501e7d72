// Fills task 0's partition of holdfast.state with the rows that `restore` reads back.

import EventLog
import EventModel
import KafkaLog

enum ChangelogRun {
    /// `changelog bootstrap= prefix= rows=N`.
    static func run(_ arguments: BenchArguments) throws -> [(String, Double)] {
        let writer = try KafkaWriter(arguments.kafka(["linger.ms": "20"]))
        let count = arguments.integer("rows")
        var source = RowSource(seed: 3)
        let prefix = Array("0/".utf8)
        let start = Meter()
        for _ in 0..<count {
            source.next()
            try (prefix + source.key).withUnsafeBytes { key in
                try source.value.withUnsafeBytes { value in
                    try writer.write(
                        topic: .state, partition: Partition(0), key: key, value: value, headers: [])
                }
            }
        }
        try writer.flush()
        let end = Meter()
        writer.close()
        return end.figures(of: count, since: start)
            + [("bytesPerRow", Double(source.bytes) / Double(count))]
    }
}
