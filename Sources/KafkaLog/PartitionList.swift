// rd_kafka_topic_partition_list_t, with one owner: a list that is not destroyed keeps
// rd_kafka_destroy waiting for ever (seen).

import CRdKafka
import EventModel

/// Topic-partitions with offsets.
struct PartitionList: ~Copyable {
    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init(capacity: Int = 8) { pointer = rd_kafka_topic_partition_list_new(Int32(capacity)) }
    deinit { rd_kafka_topic_partition_list_destroy(pointer) }

    var count: Int { Int(pointer.pointee.cnt) }

    /// Appends one; without an offset the library's "invalid" stays.
    mutating func append(_ name: String, _ partition: Partition, offset: Offset? = nil) {
        let element = rd_kafka_topic_partition_list_add(pointer, name, partition.rawValue)!
        if let offset { element.pointee.offset = offset.rawValue }
    }

    /// Name, partition, raw offset and error of an element.
    subscript(index: Int) -> (
        name: String, partition: Int32, offset: Int64, error: rd_kafka_resp_err_t
    ) {
        let element = pointer.pointee.elems[index]
        return (String(cString: element.topic), element.partition, element.offset, element.err)
    }
}
