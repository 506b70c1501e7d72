// A broker that dies under a commit and comes back: nothing is written twice, nobody has to act.

import EventLog
import EventModel
import KafkaLog
import KafkaTesting
import Simulation
import Testing

extension RealKafka {
    @Suite(.enabled(if: KafkaLauncher.isAvailable)) struct BrokerFailure {
        /// Commits the value; on an unknown outcome opens the producers again, as a worker does.
        private func commit(_ value: UInt8, by stream: KafkaStreamLog) throws -> LogError? {
            var records: ContiguousArray<LogRecord> = []
            var events: [LogEvent] = []
            try stream.poll(records: &records, events: &events, max: 10, timeoutMilliseconds: 50)
            for event in events {
                switch event {
                case .reachedEnd: break
                case .assigned: break
                case .revoked(let partitions), .lost(let partitions):
                    try stream.finishRevocation(partitions)
                }
            }
            var buffer = TransactionBuffer()
            withUnsafeBytes(of: value) {
                buffer.append(topic: .holds, partition: Partition(0), key: $0, value: $0)
            }
            do throws(LogError) {
                _ = try stream.commit(
                    buffer,
                    offsets: Topic.inputs.map { (TopicPartition($0, Partition(0)), Offset(0)) },
                    token: stream.groupToken())
                return nil
            } catch {
                if error.reaction == .outcomeUnknown {
                    do throws(LogError) { try stream.reopenProducers() } catch {
                        #expect(error.reaction == .retry, "\(error)")
                    }
                }
                return error
            }
        }

        private func values(_ fixture: KafkaFixture) throws -> [UInt8] {
            let reader = try fixture.makeReader()
            defer { reader.close() }
            let holds = TopicPartition(.holds, Partition(0))
            let end = try reader.end(of: holds, isolation: .uncommitted)
            try reader.assign([(holds, Offset(0))])
            var records: ContiguousArray<LogRecord> = []
            var events: [LogEvent] = []
            let began = stopwatch()
            while !events.contains(.reachedEnd(holds, end)), stopwatch() - began < 20_000 {
                try reader.poll(
                    records: &records, events: &events, max: 100, timeoutMilliseconds: 100)
            }
            let values = records.compactMap { $0.value?.first }
            for record in records { reader.release(record) }
            return values
        }

        @Test func `a broker that dies under a commit costs time and nothing else`() throws {
            let cluster = try KafkaCluster()
            defer { cluster.stop() }
            let fixture = try KafkaFixture(on: cluster)
            let stream = fixture.stream("a")
            defer { stream.close() }
            try stream.open()
            var committed: [UInt8] = []
            let began = stopwatch()
            while committed.isEmpty, stopwatch() - began < 30_000 {
                if try commit(1, by: stream) == nil { committed.append(1) }
            }
            cluster.kill()
            let down = stopwatch()
            let error = try #require(try commit(2, by: stream))
            #expect(error.reaction == .outcomeUnknown || error.reaction == .decideAnew, "\(error)")
            #expect(stopwatch() - down < 40_000, "a commit is bounded in time")
            cluster.start()
            for value in UInt8(3)...60 where committed.count < 4 {
                if let error = try commit(value, by: stream) {
                    #expect(error.reaction != .stopProcess, "\(error)")
                } else {
                    committed.append(value)
                }
            }
            #expect(committed.count == 4)
            // The one whose outcome was unknown may be there; each that was answered is, once.
            #expect(try values(fixture).filter { $0 != 2 } == committed)
        }
    }
}
