// Topics as they are, and making them. librdkafka 2.0.2 has no IncrementalAlterConfigs, and
// AlterConfigs replaces everything that was set on a topic: so what is set is read and sent again.

import CRdKafka
package import EventLog
package import EventModel

/// LogAdmin on Kafka. Used by one thread.
package final class KafkaAdmin: LogAdmin {
    private let configuration: KafkaConfiguration
    private let client: ClientHandle
    private let queue: OpaquePointer
    private var isClosed = false

    package init(
        _ configuration: KafkaConfiguration, log: KafkaLogLine? = nil
    ) throws(LogError) {
        self.configuration = configuration
        client = try ClientHandle(
            RD_KAFKA_PRODUCER, own: [], configuration, log: log ?? ClientCallbacks.dropped)
        queue = rd_kafka_queue_new(client.rk)
    }

    deinit { close() }

    package func close() {
        guard !isClosed else { return }
        isClosed = true
        rd_kafka_queue_destroy(queue)
        client.close()
    }

    package func describe(
        _ topics: [Topic]
    ) throws(LogError) -> [Topic: TopicDescription] {
        let found = try client.metadata(of: topics, "describe topics")
        let entries = try settings(of: topics.filter { found[$0] != nil })
        var answer: [Topic: TopicDescription] = [:]
        for (topic, counts) in found {
            // Another broker may have been asked, which has not heard of it yet.
            guard let known = entries[topic] else { continue }
            var settings: [String: String] = [:]
            for entry in known { settings[entry.name] = entry.value }
            answer[topic] = TopicDescription(
                partitions: counts.partitions, replication: counts.replication,
                settings: settings)
        }
        return answer
    }

    package func create(_ topic: Topic, as wanted: TopicDescription) throws(LogError) {
        try create([(topic, wanted)])
    }

    /// Several topics in one request; returns when every one is known.
    package func create(_ wanted: [(Topic, TopicDescription)]) throws(LogError) {
        let topics = wanted.map(\.0)
        _ = try client.metadata(of: [], "create topic")
        var list: [OpaquePointer?] = []
        defer { for made in list { rd_kafka_NewTopic_destroy(made) } }
        for (topic, description) in wanted { list.append(try newTopic(topic, description)) }
        try ask(
            "create topic", RD_KAFKA_ADMIN_OP_CREATETOPICS,
            target: topics.map(configuration.name(of:)).joined(separator: ", ")
        ) {
            rd_kafka_CreateTopics(client.rk, &list, list.count, $0, queue)
        } read: { (event: OpaquePointer) throws(LogError) in
            var count = 0
            guard
                let results = rd_kafka_CreateTopics_result_topics(
                    rd_kafka_event_CreateTopics_result(event), &count)
            else { return }
            for index in 0..<count {
                try check(
                    rd_kafka_topic_result_error(results[index]),
                    rd_kafka_topic_result_error_string(results[index]), "create topic",
                    String(cString: rd_kafka_topic_result_name(results[index])))
            }
        }
        // The controller answers before every broker has heard of the topics.
        _ = try client.requiredCounts(
            of: topics, "create topic", millisecondsMax: configuration.connectMillisecondsMax)
    }

    private func newTopic(
        _ topic: Topic, _ wanted: TopicDescription
    ) throws(LogError) -> OpaquePointer {
        let name = configuration.name(of: topic)
        var text = [CChar](repeating: 0, count: 512)
        guard
            let made = rd_kafka_NewTopic_new(
                name, wanted.partitions, wanted.replication, &text, text.count)
        else {
            throw LogError.kafka(
                RD_KAFKA_RESP_ERR_INVALID_PARTITIONS, "create topic", configuration,
                target: name, detail: String(text))
        }
        for (name, value) in wanted.settings.sorted(by: { $0.key < $1.key }) {
            rd_kafka_NewTopic_set_config(made, name, value)
        }
        return made
    }

    package func alter(
        _ topic: Topic, settings: [String: String]
    ) throws(LogError) {
        _ = try client.requiredCounts(of: [topic], "alter topic")
        let name = configuration.name(of: topic)
        var merged: [String: String] = [:]
        for entry in try self.settings(of: [topic])[topic] ?? [] where entry.isSetOnTopic {
            merged[entry.name] = entry.value
        }
        merged.merge(settings) { $1 }
        let resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name)
        defer { rd_kafka_ConfigResource_destroy(resource) }
        for (name, value) in merged.sorted(by: { $0.key < $1.key }) {
            rd_kafka_ConfigResource_set_config(resource, name, value)
        }
        var list: [OpaquePointer?] = [resource]
        try ask("alter topic", RD_KAFKA_ADMIN_OP_ALTERCONFIGS, target: name) {
            rd_kafka_AlterConfigs(client.rk, &list, 1, $0, queue)
        } read: { (event: OpaquePointer) throws(LogError) in
            var count = 0
            guard
                let results = rd_kafka_AlterConfigs_result_resources(
                    rd_kafka_event_AlterConfigs_result(event), &count)
            else { return }
            for index in 0..<count {
                try check(
                    rd_kafka_ConfigResource_error(results[index]),
                    rd_kafka_ConfigResource_error_string(results[index]), "alter topic", name)
            }
        }
    }

    // MARK: - Settings

    private struct Setting {
        var name: String
        var value: String
        /// Set on the topic itself, not inherited.
        var isSetOnTopic: Bool
    }

    private func settings(of topics: [Topic]) throws(LogError) -> [Topic: [Setting]] {
        guard !topics.isEmpty else { return [:] }
        var list: [OpaquePointer?] = topics.map {
            rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, configuration.name(of: $0))
        }
        defer { for resource in list { rd_kafka_ConfigResource_destroy(resource) } }
        var found: [Topic: [Setting]] = [:]
        try ask("describe topics", RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, target: nil) {
            rd_kafka_DescribeConfigs(client.rk, &list, list.count, $0, queue)
        } read: { (event: OpaquePointer) throws(LogError) in
            var count = 0
            guard
                let results = rd_kafka_DescribeConfigs_result_resources(
                    rd_kafka_event_DescribeConfigs_result(event), &count)
            else { return }
            for index in 0..<count {
                guard let resource = results[index],
                    let name = rd_kafka_ConfigResource_name(resource).map({ String(cString: $0) }),
                    let topic = configuration.topic(named: name)
                else { continue }
                let code = rd_kafka_ConfigResource_error(resource)
                if code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART { continue }
                try check(
                    code, rd_kafka_ConfigResource_error_string(resource), "describe topics", name)
                found[topic] = Self.settings(in: resource)
            }
        }
        return found
    }

    private static func settings(in resource: OpaquePointer) -> [Setting] {
        var count = 0
        guard let entries = rd_kafka_ConfigResource_configs(resource, &count) else { return [] }
        return (0..<count).compactMap { index in
            guard let entry = entries[index], let name = rd_kafka_ConfigEntry_name(entry),
                let value = rd_kafka_ConfigEntry_value(entry)
            else { return nil }
            let isSet =
                rd_kafka_ConfigEntry_source(entry)
                == RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG
            return Setting(
                name: String(cString: name), value: String(cString: value), isSetOnTopic: isSet)
        }
    }

    // MARK: - Asking

    /// One admin request: its options, its answer's event, both freed.
    private func ask(
        _ operation: String, _ kind: rd_kafka_admin_op_t, target: String?,
        send: (OpaquePointer?) -> Void, read: (OpaquePointer) throws(LogError) -> Void
    ) throws(LogError) {
        var text = [CChar](repeating: 0, count: 512)
        let options = rd_kafka_AdminOptions_new(client.rk, kind)
        defer { rd_kafka_AdminOptions_destroy(options) }
        rd_kafka_AdminOptions_set_request_timeout(options, 15_000, &text, text.count)
        send(options)
        guard let event = rd_kafka_queue_poll(queue, 20_000) else {
            throw LogError.kafka(RD_KAFKA_RESP_ERR__TIMED_OUT, operation, configuration)
        }
        defer { rd_kafka_event_destroy(event) }
        try check(
            rd_kafka_event_error(event), rd_kafka_event_error_string(event), operation, target)
        try read(event)
    }

    private func check(
        _ code: rd_kafka_resp_err_t, _ text: UnsafePointer<CChar>?, _ operation: String,
        _ target: String?
    ) throws(LogError) {
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
        throw LogError.kafka(
            code, operation, configuration, target: target,
            detail: text.map { String(cString: $0) })
    }
}
