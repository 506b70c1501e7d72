// One rd_kafka_conf_t and the rules for filling it.

import CRdKafka
import EventLog

/// Owner of an rd_kafka_conf_t until a client takes it.
struct ConfigurationHandle: ~Copyable {
    private let conf: OpaquePointer
    private var isTaken = false

    init() { conf = rd_kafka_conf_new() }
    deinit {
        if !isTaken { rd_kafka_conf_destroy(conf) }
    }

    /// The pointer, for callbacks to be set on.
    var pointer: OpaquePointer { conf }

    /// Called when rd_kafka_new has succeeded and so owns it.
    mutating func taken() { isTaken = true }

    /// Sets a property of ours or of the operator's.
    borrowing func set(_ name: String, _ value: String) throws(LogError) {
        var text = [CChar](repeating: 0, count: 512)
        switch rd_kafka_conf_set(conf, name, value, &text, text.count) {
        case RD_KAFKA_CONF_OK: return
        case RD_KAFKA_CONF_UNKNOWN:
            throw LogError(
                operation: "configure", code: "unknownProperty", reaction: .stopProcess,
                message: "librdkafka has no property \(name)",
                hint: "Correct the name under kafka: (CONFIGURATION.md of librdkafka lists all).")
        default:
            // The library's text quotes the value; a secret's must not be repeated.
            let detail = KafkaProperty.isSecret(name) ? "its value is refused" : String(text)
            throw LogError(
                operation: "configure", code: "invalidProperty", reaction: .stopProcess,
                message: "kafka property \(name): \(detail)", hint: "Correct it under kafka:.")
        }
    }

    /// Sets the operator's properties.
    borrowing func apply(_ properties: [String: String]) throws(LogError) {
        for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
            if let reason = KafkaProperty.refusal(of: name, value: value) {
                throw LogError(
                    operation: "configure", code: "refusedProperty", reaction: .stopProcess,
                    message: "kafka property \(name) cannot be set: it \(reason)",
                    hint: "Remove it from kafka:.")
            }
            try set(name, value)
        }
    }
}

extension String {
    /// Of a C buffer that ends in a zero.
    init(_ buffer: [CChar]) {
        self.init(
            decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
