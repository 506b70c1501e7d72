// What goes wrong on a real broker, and what is said about it.

import EventLog
import EventModel
import KafkaLog
import KafkaTesting
import Simulation
import Testing

extension RealKafka {
    @Suite(.serialized, .enabled(if: KafkaLauncher.isAvailable)) struct Failures {
        /// The error of a body that must throw one.
        private func failure(_ body: () throws(LogError) -> Void) -> LogError? {
            do { try body() } catch { return error }
            return nil
        }

        @Test func `an unreachable broker is named, and may be tried again`() throws {
            var configuration = KafkaConfiguration(bootstrap: "127.0.0.1:1")
            configuration.connectMillisecondsMax = 800
            let reader = try KafkaReader(configuration)
            defer { reader.close() }
            let error = try #require(
                failure { () throws(LogError) in _ = try reader.partitionCount(of: .holds) })
            #expect(error.reaction == .retry)
            #expect(error.message.contains("no answer from Kafka at 127.0.0.1:1"))
            #expect(error.hint.contains("address"))
        }

        /// Polls until the stream has every partition, then starts them at these offsets.
        private func start(_ stream: KafkaStreamLog, at offset: Offset) throws {
            var records: ContiguousArray<LogRecord> = []
            var events: [LogEvent] = []
            let began = stopwatch()
            var started = 0
            while started < 4, stopwatch() - began < 30_000 {
                events = []
                try stream.poll(
                    records: &records, events: &events, max: 10, timeoutMilliseconds: 100)
                for case .assigned(let partitions) in events {
                    started += partitions.count
                    for partition in partitions {
                        try stream.start(
                            partition,
                            at: [
                                .mesExecution: offset, .qmsQuality: Offset(0),
                                .signals: Offset(0),
                            ])
                    }
                }
            }
            #expect(started == 4)
        }

        @Test func `a position that is not there stops the process with the watermark`() throws {
            let fixture = try KafkaFixture(on: KafkaCluster.shared.get())
            let stream = fixture.stream("a")
            defer { stream.close() }
            try stream.open()
            try start(stream, at: Offset(1_000))
            var records: ContiguousArray<LogRecord> = []
            var events: [LogEvent] = []
            let began = stopwatch()
            var found: LogError?
            while found == nil, stopwatch() - began < 20_000 {
                found = failure { () throws(LogError) in
                    try stream.poll(
                        records: &records, events: &events, max: 10, timeoutMilliseconds: 100)
                }
            }
            let error = try #require(found)
            #expect(error.reaction == .stopProcess)
            #expect(error.message.contains(fixture.configuration.name(of: .mesExecution)))
            #expect(error.message.contains("1000"))
            #expect(error.message.contains("the oldest record there is 0"))
        }

        private func buffer(_ value: StaticString) -> TransactionBuffer {
            var buffer = TransactionBuffer()
            let view = ByteView(start: value.utf8Start, count: value.utf8CodeUnitCount)
            buffer.append(topic: .holds, partition: Partition(0), key: view, value: view)
            return buffer
        }

        private let offsets = Topic.inputs.map { (TopicPartition($0, Partition(0)), Offset(0)) }

        @Test func `a stream of the same name fences the one before it`() throws {
            let fixture = try KafkaFixture(on: KafkaCluster.shared.get())
            let old = fixture.stream("a")
            defer { old.close() }
            try old.open()
            try start(old, at: Offset(0))
            _ = try old.commit(buffer("1"), offsets: offsets, token: old.groupToken())
            let new = fixture.stream("a")
            defer { new.close() }
            try new.open()
            let token = try old.groupToken()
            let error = failure { () throws(LogError) in
                _ = try old.commit(buffer("2"), offsets: offsets, token: token)
            }
            #expect(error?.reaction == .outcomeUnknown)
            #expect(error?.message.contains("replaced") == true)
        }

        @Test func `a record that no broker takes is refused by topic and size`() throws {
            let fixture = try KafkaFixture(on: KafkaCluster.shared.get())
            let writer = try KafkaWriter(fixture.configuration)
            defer { writer.close() }
            let large = [UInt8](repeating: 65, count: 2_000_000)
            let error = large.withUnsafeBytes { bytes in
                failure { () throws(LogError) in
                    try writer.write(
                        topic: .holds, partition: nil, key: bytes, value: bytes, headers: [])
                    try writer.flush()
                }
            }
            #expect(error?.code == "MSG_SIZE_TOO_LARGE")
            #expect(error?.message.contains(fixture.configuration.name(of: .holds)) == true)
            #expect(error?.hint.contains("max.message.bytes") == true)
        }
    }
}
