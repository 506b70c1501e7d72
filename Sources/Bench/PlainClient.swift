// A librdkafka client as thin as it can be: what our own log is measured against must not be slowed
// down by it.

import CRdKafka
import Glibc

/// A client handle; the process' end frees it.
struct PlainClient {
    let rk: OpaquePointer

    /// Reading with the product's own settings (KafkaLog, ReadingProperties).
    static let reading = [
        ("isolation.level", "read_committed"), ("enable.partition.eof", "true"),
        ("auto.offset.reset", "earliest"), ("enable.auto.commit", "false"),
        ("enable.auto.offset.store", "false"), ("queued.min.messages", "1000000"),
        ("queued.max.messages.kbytes", "131072"), ("fetch.wait.max.ms", "10"),
        ("fetch.error.backoff.ms", "10"),
    ]

    init(
        _ type: rd_kafka_type_t, _ arguments: BenchArguments, _ properties: [(String, String)],
        delivery: (
            @convention(c) (
                OpaquePointer?, UnsafePointer<rd_kafka_message_t>?, UnsafeMutableRawPointer?
            ) -> Void
        )? = nil
    ) {
        let conf = rd_kafka_conf_new()
        var text = [CChar](repeating: 0, count: 512)
        for (name, value) in [("bootstrap.servers", arguments.text("bootstrap"))] + properties {
            guard rd_kafka_conf_set(conf, name, value, &text, text.count) == RD_KAFKA_CONF_OK
            else { Main.stop("librdkafka refuses \(name)=\(value)") }
        }
        if let delivery { rd_kafka_conf_set_dr_msg_cb(conf, delivery) }
        guard let made = rd_kafka_new(type, conf, &text, text.count) else {
            Main.stop("librdkafka makes no client")
        }
        rk = made
    }

    /// Reads these topics' partitions from the beginning, or from their ends.
    func assign(_ topics: [String], partitions: Int32, atEnd: Bool) {
        let list = rd_kafka_topic_partition_list_new(partitions)
        for topic in topics {
            for partition in 0..<partitions {
                let element = rd_kafka_topic_partition_list_add(list, topic, partition)!
                // RD_KAFKA_OFFSET_BEGINNING and _END.
                element.pointee.offset = atEnd ? -1 : -2
            }
        }
        rd_kafka_poll_set_consumer(rk)
        rd_kafka_assign(rk, list)
        rd_kafka_topic_partition_list_destroy(list)
    }
}
