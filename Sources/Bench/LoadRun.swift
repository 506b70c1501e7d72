// Fills mes.execution, on Kafka or in a local log.

import EventLog
import EventModel
import KafkaLog

enum LoadRun {
    static func run(_ arguments: BenchArguments) throws -> [(String, Double)] {
        let writer: any LogWriter
        if arguments.isLocal {
            writer = try LocalLogWriter(
                directory: arguments.text("local"), clock: Meter.environment.now)
        } else {
            writer = try KafkaWriter(arguments.kafka(["linger.ms": "20"]))
        }
        var source = EventSource(
            seed: UInt64(arguments.integer("seed", default: 1)), name: "e-")
        let count = arguments.integer("events")
        let start = Meter()
        for _ in 0..<count {
            source.next()
            try source.key.withUnsafeBytes { key in
                try source.value.withUnsafeBytes { value in
                    try writer.write(
                        topic: .mesExecution, partition: nil, key: key, value: value, headers: [])
                }
            }
        }
        try writer.flush()
        let end = Meter()
        writer.close()
        return end.figures(of: count, since: start)
            + [("bytesPerEvent", Double(source.bytes) / Double(count))]
    }
}
