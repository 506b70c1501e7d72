// A fetch queue that was full is filled again as soon as there is room, not a second later.

import EventLog
import EventModel
import KafkaTesting
import Testing

@testable import KafkaLog

@Suite struct FetchWakerPropertyTests {
    @Test func `with SASL, whose credentials are not touched, the queue holds a second's records`()
    {
        let plain = FetchWaker.properties(KafkaConfiguration(bootstrap: "localhost:1"))
        let secured = FetchWaker.properties(
            KafkaConfiguration(
                bootstrap: "localhost:1", properties: ["security.protocol": "SASL_SSL"]))
        #expect(plain.contains { $0 == ("queued.max.messages.kbytes", "32768") })
        let hasBackoff = secured.contains { $0.0 == "fetch.queue.backoff.ms" }
        #expect(plain.contains { $0.0 == "fetch.queue.backoff.ms" } == hasBackoff)
        let expected = hasBackoff ? "32768" : "131072"
        #expect(secured.contains { $0 == ("queued.max.messages.kbytes", expected) })
    }
}

extension RealKafka {
    @Suite(.enabled(if: KafkaLauncher.isAvailable)) struct FullQueue {
        private static let records = 800
        private static let recordBytes = 100_000

        @Test func `a reader slower than the broker does not wait out a second for each queue`()
            throws
        {
            let fixture = try KafkaFixture(on: KafkaCluster.shared.get())
            let input = TopicPartition(.mesExecution, Partition(0))
            let writer = try fixture.makeWriter()
            let bytes = [UInt8](repeating: 0x61, count: Self.recordBytes)
            for _ in 0..<Self.records {
                try bytes.withUnsafeBytes {
                    try writer.write(
                        topic: input.topic, partition: input.partition, key: nil, value: $0,
                        headers: [])
                }
            }
            try writer.flush()
            writer.close()
            var configuration = fixture.configuration
            configuration.properties["queued.max.messages.kbytes"] = "4000"
            let reader = try KafkaReader(configuration)
            defer { reader.close() }
            try reader.assign([(input, Offset(0))])
            var records: ContiguousArray<LogRecord> = []
            var events: [LogEvent] = []
            var seen = 0
            let began = stopwatch()
            while seen < Self.records, stopwatch() - began < 30_000 {
                records.removeAll()
                try reader.poll(
                    records: &records, events: &events, max: 10, timeoutMilliseconds: 100)
                seen += records.count
                for record in records { reader.release(record) }
                // Slower than the broker, as one who decides is: the queue fills up.
                let pause = stopwatch() + 20
                while stopwatch() < pause {}
            }
            #expect(seen == Self.records)
            let took = stopwatch() - began
            #expect(took < 8_000, "\(took)")
        }
    }
}
