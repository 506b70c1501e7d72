// One librdkafka client: its handle, its callbacks, the topics it has named, and an end that is
// bounded in time. Everything else in this module goes through it.

import CRdKafka
import EventLog
import EventModel
import Synchronization

/// What the library's callbacks reach. It outlives the handle, also one that hangs in its end.
final class ClientContext: @unchecked Sendable {
    /// Called on the library's own threads: level (syslog's) and text.
    let log: KafkaLogLine
    /// The last error of a connection or of the client, for messages about what did not happen.
    /// Behind a lock because the library may report from any thread.
    private let last = Mutex<(code: Int32, reason: String)?>(nil)
    /// Set before the handle is used, called only while its user polls.
    var onDelivery: ((UnsafePointer<rd_kafka_message_t>) -> Void)?
    var onRebalance:
        ((rd_kafka_resp_err_t, UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?) -> Void)?

    init(log: @escaping KafkaLogLine) { self.log = log }

    func note(_ code: Int32, _ reason: String) {
        last.withLock {
            // "All brokers are down" follows the line that says why: that line is kept.
            if code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN.rawValue, $0 != nil { return }
            $0 = (code, reason)
        }
    }

    var lastError: (code: rd_kafka_resp_err_t, reason: String)? {
        last.withLock { $0.map { (rd_kafka_resp_err_t(rawValue: $0.code), $0.reason) } }
    }

    func forgetError() { last.withLock { $0 = nil } }

    static func of(_ opaque: UnsafeMutableRawPointer) -> ClientContext {
        Unmanaged<ClientContext>.fromOpaque(opaque).takeUnretainedValue()
    }
}

/// Takes a line of librdkafka's log: syslog level and text. Called on any thread.
package typealias KafkaLogLine = @Sendable (_ level: Int32, _ text: String) -> Void

/// A consumer or producer.
final class ClientHandle {
    let rk: OpaquePointer
    let context: ClientContext
    let configuration: KafkaConfiguration
    private var topics: [OpaquePointer?] = Array(repeating: nil, count: Topic.allCases.count)
    private var isClosed = false
    /// Everything the library has for us comes to the consumer's queue, records included.
    private(set) var isConsumed = false

    /// Makes the client; nothing is sent yet.
    /// - Parameter own: our properties; they win over the operator's.
    init(
        _ type: rd_kafka_type_t, own: [(String, String)], _ configuration: KafkaConfiguration,
        log: @escaping KafkaLogLine, rebalances: Bool = false
    ) throws(LogError) {
        self.configuration = configuration
        context = ClientContext(log: log)
        var conf = ConfigurationHandle()
        for (name, value) in Self.common(configuration) { try conf.set(name, value) }
        let defaults = own.filter { configuration.properties[$0.0] == nil }
        for (name, value) in defaults { try conf.set(name, value) }
        try conf.apply(configuration.properties)
        rd_kafka_conf_set_opaque(conf.pointer, Unmanaged.passUnretained(context).toOpaque())
        ClientCallbacks.install(on: conf.pointer, type: type, rebalances: rebalances)
        var text = [CChar](repeating: 0, count: 512)
        guard let made = rd_kafka_new(type, conf.pointer, &text, text.count) else {
            let failure = Self.notMade(String(text), rd_kafka_last_error())
            if failure.reaction == .retry {
                // Its threads go on, with the configuration and our callbacks in their hands: what
                // they use is never given back.
                conf.taken()
                _ = Unmanaged.passRetained(context)
            }
            throw failure
        }
        conf.taken()
        rk = made
    }

    deinit { close() }

    /// From now on everything the library has for us comes to the consumer's queue.
    func consume() {
        rd_kafka_poll_set_consumer(rk)
        isConsumed = true
    }

    /// Why there is no client. Only a wrong argument is the operator's to correct: the library also
    /// gives up when its threads do not start within 60 s of the wall clock, which a starved
    /// machine or a clock that jumps makes of a moment.
    private static func notMade(_ text: String, _ code: rd_kafka_resp_err_t) -> LogError {
        if code == RD_KAFKA_RESP_ERR__INVALID_ARG {
            return LogError(
                operation: "configure", code: "invalidConfiguration", reaction: .stopProcess,
                message: "librdkafka refuses the configuration: \(text)",
                hint: "Correct the properties under kafka:.")
        }
        return LogError(
            operation: "connect", code: "clientNotStarted", reaction: .retry,
            message: "librdkafka did not start: \(text)",
            hint: "Start again; if it stays, look at the machine's load, memory and clock.")
    }

    private static func common(_ configuration: KafkaConfiguration) -> [(String, String)] {
        [
            ("bootstrap.servers", configuration.bootstrap),
            ("client.id", "holdfast.\(configuration.instance).\(configuration.thread)"),
            ("socket.nagle.disable", "true"), ("log.connection.close", "false"),
            ("reconnect.backoff.ms", "50"), ("reconnect.backoff.max.ms", "1000"),
        ]
    }

    /// The library's handle of one of our topics, kept until the end.
    func handle(of topic: Topic) -> OpaquePointer {
        if let known = topics[Int(topic.rawValue)] { return known }
        let made = rd_kafka_topic_new(rk, configuration.name(of: topic), nil)!
        topics[Int(topic.rawValue)] = made
        return made
    }

    /// Which of our topics a handle in a message names. Comparing pointers is what the loop pays;
    /// the name is only asked for when the library used another handle.
    func topic(of handle: OpaquePointer?) -> Topic? {
        for (index, known) in topics.enumerated() where known == handle && handle != nil {
            return Topic(rawValue: UInt8(index))
        }
        guard let handle, let name = rd_kafka_topic_name(handle) else { return nil }
        return configuration.topic(named: String(cString: name))
    }

    /// Ends the client within the configured bound. A consumer leaves its group when `leaves`.
    func close(leaves: Bool = false, millisecondsMax: Int64? = nil) {
        guard !isClosed else { return }
        isClosed = true
        let client = Handed(pointer: rk)
        let held = topics.compactMap { $0.map(Handed.init(pointer:)) }
        topics = []
        let context = context
        let ended = BoundedCall.run(
            millisecondsMax: millisecondsMax ?? configuration.closeMillisecondsMax
        ) {
            if leaves { rd_kafka_consumer_close(client.pointer) }
            for topic in held { rd_kafka_topic_destroy(topic.pointer) }
            rd_kafka_destroy_flags(client.pointer, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
            withExtendedLifetime(context) {}
        }
        if !ended { context.log(3, "a client did not end in time and is left behind") }
    }
}

/// The C callbacks: functions without captures; what they need travels as the opaque context.
enum ClientCallbacks {
    static func install(on conf: OpaquePointer, type: rd_kafka_type_t, rebalances: Bool) {
        rd_kafka_conf_set_log_cb(conf) { rk, level, facility, text in
            guard let rk, let opaque = rd_kafka_opaque(rk), let text else { return }
            let facility = facility.map { String(cString: $0) } ?? ""
            ClientContext.of(opaque).log(level, "\(facility): \(String(cString: text))")
        }
        rd_kafka_conf_set_error_cb(conf) { _, code, reason, opaque in
            guard let opaque else { return }
            ClientContext.of(opaque).note(code, reason.map { String(cString: $0) } ?? "")
        }
        if type == RD_KAFKA_PRODUCER {
            rd_kafka_conf_set_dr_msg_cb(conf) { _, message, opaque in
                guard let opaque, let message else { return }
                ClientContext.of(opaque).onDelivery?(message)
            }
        }
        if rebalances {
            rd_kafka_conf_set_rebalance_cb(conf) { _, code, list, opaque in
                guard let opaque else { return }
                ClientContext.of(opaque).onRebalance?(code, list)
            }
        }
    }

    /// What is done with log lines when nobody asks: errors and worse are kept for nobody, so
    /// nothing is written; the command passes its own.
    static let dropped: KafkaLogLine = { _, _ in }
}
