// The meter of containment: a critical failure is produced, and the clock runs until a
// read_committed consumer sees its hold. Beside it the other traffic (Traffic.swift).

import EventLog
import EventModel
import Glibc
import KafkaLog
import Worker

enum ContainRun {
    static func run(_ arguments: BenchArguments) throws -> [(String, Double)] {
        let seconds = arguments.integer("seconds")
        let warmup = Double(arguments.integer("warmup", default: 5))
        let name = arguments.text("name")
        let configuration = arguments.kafka(["linger.ms": "5"])
        let critical = arguments.kafka(["linger.ms": "0"])
        let rate = arguments.integer("rate", default: 5_000)
        let stop = StopFlag()
        let sent = SentTimes(count: seconds * 40)
        let reader = try KafkaReader(arguments.kafka())
        let holds = (0..<Int32(try reader.partitionCount(of: .holds))).map {
            TopicPartition(.holds, Partition($0))
        }
        try reader.assign(
            try holds.map { ($0, try reader.end(of: $0, isolation: .committed)) })
        let background = PlainThread {
            Traffic.produce(configuration, name: name, perSecond: rate, until: stop)
        }
        let sender = PlainThread { failures(critical, name: name, into: sent, until: stop) }
        let begin = Meter.seconds(CLOCK_MONOTONIC)
        var latencies: [Double] = []
        var records: ContiguousArray<LogRecord> = []
        var events: [LogEvent] = []
        var missing = 0
        let mark = "lot/\(name)-"
        while Meter.seconds(CLOCK_MONOTONIC) - begin < Double(seconds) + 2 {
            records.removeAll(keepingCapacity: true)
            events.removeAll(keepingCapacity: true)
            try reader.poll(
                records: &records, events: &events, max: 100, timeoutMilliseconds: 100)
            let now = Meter.seconds(CLOCK_MONOTONIC)
            for record in records {
                if let key = record.key, key.starts(with: mark.utf8),
                    let number = Int(ByteView(rebasing: key[mark.utf8.count...]).text),
                    let at = sent.take(number), at - begin >= warmup
                {
                    latencies.append((now - at) * 1000)
                }
                reader.release(record)
            }
            if now - begin > Double(seconds) { stop.request() }
        }
        sender.join()
        background.join()
        missing = sent.remaining(since: begin + warmup)
        latencies.sort()
        if let path = arguments.path("samples") { Self.write(latencies, to: path) }
        return [
            ("samples", Double(latencies.count)), ("unseen", Double(missing)),
            ("p50", percentile(50, latencies)), ("p90", percentile(90, latencies)),
            ("p99", percentile(99, latencies)), ("max", latencies.last ?? .infinity),
        ]
    }

    /// One line a sample, so that samples of several rounds can be judged together.
    private static func write(_ samples: [Double], to path: String) {
        guard let file = fopen(path, "w") else { Main.stop("no file at \(path)") }
        for sample in samples { fputs("\(sample)\n", file) }
        fclose(file)
    }

    static func percentile(_ percent: Int, _ sorted: [Double]) -> Double {
        guard !sorted.isEmpty else { return .infinity }
        return sorted[min(sorted.count - 1, sorted.count * percent / 100)]
    }

    /// A critical failure about every 50 ms, each for a lot of its own.
    private static func failures(
        _ configuration: KafkaConfiguration, name: String, into sent: SentTimes,
        until stop: StopFlag
    ) {
        do {
            let writer = try KafkaWriter(configuration)
            var source = EventSource(seed: 11, name: name + "-c-")
            var dice = Dice(seed: 13)
            var number = 0
            while !stop.isRequested, number < sent.count {
                usleep(UInt32(20_000 + dice.below(60_000)))
                source.nextCritical(lot: "\(name)-\(number)")
                sent.put(number, Meter.seconds(CLOCK_MONOTONIC))
                try Traffic.write(source, to: writer)
                number += 1
            }
            try writer.flush()
        } catch {
            Main.stop("failures: \(error)")
        }
    }
}
