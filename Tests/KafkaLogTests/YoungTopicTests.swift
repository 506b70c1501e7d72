// Writing to a topic that was made a moment ago: its leader refuses the first requests.

import EventLog
import EventModel
import KafkaTesting
import Simulation
import Testing

extension RealKafka {
    @Suite(.serialized, .enabled(if: KafkaLauncher.isAvailable)) struct YoungTopics {
        /// With several requests under way one new topic in twenty lost its first record, which the
        /// library called delivered.
        @Test(arguments: 0..<20)
        func `a new topic has every record that was written at once`(round: Int) throws {
            let fixture = try KafkaFixture(on: KafkaCluster.shared.get())
            let place = TopicPartition(.qmsQuality, Partition(Int32(round % 4)))
            // Larger than a request, so that each is one of its own.
            let large = [UInt8](repeating: 7, count: 1_047_552)
            let writer = try fixture.makeWriter()
            for _ in 0..<3 {
                try large.withUnsafeBytes { bytes in
                    try writer.write(
                        topic: place.topic, partition: place.partition, key: nil,
                        value: ByteView(bytes), headers: [])
                }
            }
            try writer.flush()
            writer.close()
            let reader = try fixture.makeReader()
            defer { reader.close() }
            #expect(try reader.end(of: place, isolation: .uncommitted) == Offset(3))
        }
    }
}
