// Where a real Kafka comes from: KAFKA_LIBS, then kafka/libs of the shared data, then an Apache
// distribution named by KAFKA_HOME. The launcher is a script that picks ports and starts nodes.

import Glibc

/// The launcher script and the jars it starts.
package struct KafkaLauncher: Sendable {
    package let script: String
    package let libs: String

    /// Which Kafka: the newest, or the last 3.x (where SCRAM works with our librdkafka).
    package enum Version: Sendable { case newest, last3 }

    /// The package's root, from this file's own place in it.
    private static var root: String {
        var parts = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return parts.joined(separator: "/")
    }

    private static var shared: String {
        environment("HOLDFAST_SHARED") ?? "\(root)/../shared"
    }

    private static func environment(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    /// The first place that has both, or nil.
    package static func find(_ version: Version = .newest) -> KafkaLauncher? {
        let script = "\(shared)/kafka/broker"
        guard access(script, X_OK) == 0 else { return nil }
        let places: [String?] =
            switch version {
            case .newest:
                [
                    environment("KAFKA_LIBS"), "\(shared)/kafka/libs",
                    environment("KAFKA_HOME").map { "\($0)/libs" },
                ]
            case .last3: ["\(shared)/kafka/libs-3.9"]
            }
        for case let libs? in places where access(libs, R_OK) == 0 {
            return KafkaLauncher(script: script, libs: libs)
        }
        return nil
    }

    /// Whether tests may run on a real Kafka. Says loudly, once, when they may not.
    package static let isAvailable: Bool = {
        if find() != nil, Subprocess.run("java", ["-version"]).status == 0 { return true }
        let text = """
            ** NO KAFKA: tests on a real broker are SKIPPED. Needed: Java 17, jars in KAFKA_LIBS,
            ** ../shared/kafka/libs or KAFKA_HOME/libs, with the launcher ../shared/kafka/broker.

            """
        _ = text.utf8CString.withUnsafeBytes { write(2, $0.baseAddress, $0.count - 1) }
        return false
    }()

    /// Whether its absence is a failure: in CI.
    package static var isRequired: Bool { environment("CI") != nil }
}
