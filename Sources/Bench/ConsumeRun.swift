// The bare consume loop: poll and destroy. What any consumer on this machine has to pay.

import CRdKafka

enum ConsumeRun {
    static func run(_ arguments: BenchArguments) throws -> [(String, Double)] {
        let client = PlainClient(
            RD_KAFKA_CONSUMER, arguments, PlainClient.reading + [("group.id", "bench-bare")])
        let count = arguments.integer("events")
        let topic = arguments.text("prefix", default: "") + "mes.execution"
        let start = Meter()
        client.assign(
            [topic], partitions: Int32(arguments.integer("partitions", default: 4)), atEnd: false)
        var seen = 0
        while seen < count {
            guard let message = rd_kafka_consumer_poll(client.rk, 100) else { continue }
            if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR { seen += 1 }
            rd_kafka_message_destroy(message)
        }
        let end = Meter()
        return end.figures(of: count, since: start)
    }
}
