// The least that exactly-once costs: a loop that looks for critical failures in the raw bytes and
// writes one record for each, in a transaction of its own with its offset, two producers in turn.
// No dedupe, no state, no decision: what containment is measured against.

import CRdKafka
import Glibc

enum FloorRun {
    static func run(_ arguments: BenchArguments) throws -> [(String, Double)] {
        let prefix = arguments.text("prefix", default: "")
        let consumer = PlainClient(
            RD_KAFKA_CONSUMER, arguments, PlainClient.reading + [("group.id", "bench-floor")])
        let producers = (0..<2).map { producer($0, arguments) }
        let topics = producers.map { rd_kafka_topic_new($0.rk, prefix + "holdfast.holds", nil) }
        consumer.assign([prefix + "mes.execution"], partitions: 4, atEnd: true)
        let until = Meter.seconds(CLOCK_MONOTONIC) + Double(arguments.integer("seconds"))
        var turn = 0
        var count = 0
        while Meter.seconds(CLOCK_MONOTONIC) < until {
            guard let message = rd_kafka_consumer_poll(consumer.rk, 100) else { continue }
            if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR, isCritical(message) {
                commit(message, consumer.rk, producers[turn].rk, topics[turn], prefix)
                turn ^= 1
                count += 1
            }
            rd_kafka_message_destroy(message)
        }
        return [("transactions", Double(count))]
    }

    private static func producer(_ number: Int, _ arguments: BenchArguments) -> PlainClient {
        let client = PlainClient(
            RD_KAFKA_PRODUCER, arguments,
            [
                ("transactional.id", "bench-floor.\(number)"), ("retry.backoff.ms", "2"),
                ("linger.ms", "0"),
            ],
            delivery: { _, message, _ in
                guard message?.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
                    Main.stop("the floor's record was not delivered")
                }
            })
        check(rd_kafka_init_transactions(client.rk, 30_000), "init")
        var metadata: UnsafePointer<rd_kafka_metadata>?
        rd_kafka_metadata(client.rk, 1, nil, &metadata, 10_000)
        return client
    }

    private static func isCritical(_ message: UnsafeMutablePointer<rd_kafka_message_t>) -> Bool {
        let mark: StaticString = "\"severity\":\"critical\""
        let length = mark.utf8CodeUnitCount
        guard let payload = message.pointee.payload, message.pointee.len >= length else {
            return false
        }
        return (0...message.pointee.len - length).contains {
            memcmp(payload + $0, mark.utf8Start, length) == 0
        }
    }

    /// The record's own bytes go out under the key of a hold.
    private static func commit(
        _ message: UnsafeMutablePointer<rd_kafka_message_t>, _ consumer: OpaquePointer,
        _ producer: OpaquePointer, _ topic: OpaquePointer?, _ prefix: String
    ) {
        check(rd_kafka_begin_transaction(producer), "begin")
        var key = Array("lot/".utf8)
        key.append(
            contentsOf: UnsafeRawBufferPointer(
                start: message.pointee.key, count: message.pointee.key_len))
        rd_kafka_produce(
            topic, message.pointee.partition, RD_KAFKA_MSG_F_COPY, message.pointee.payload,
            message.pointee.len, key, key.count, nil)
        let offsets = rd_kafka_topic_partition_list_new(1)
        let element = rd_kafka_topic_partition_list_add(
            offsets, prefix + "mes.execution", message.pointee.partition)!
        element.pointee.offset = message.pointee.offset + 1
        let membership = rd_kafka_consumer_group_metadata(consumer)
        check(
            rd_kafka_send_offsets_to_transaction(producer, offsets, membership, 10_000), "offsets")
        check(rd_kafka_commit_transaction(producer, 10_000), "commit")
        rd_kafka_consumer_group_metadata_destroy(membership)
        rd_kafka_topic_partition_list_destroy(offsets)
    }

    private static func check(_ error: OpaquePointer?, _ what: String) {
        guard let error else { return }
        Main.stop("floor: \(what): \(String(cString: rd_kafka_error_string(error)))")
    }
}
