// A real Kafka for tests. One plain cluster is shared by everything in a test run; whatever was
// started is stopped when the test process ends, however it ends.

import Glibc

/// A running cluster on loopback.
package final class KafkaCluster: Sendable {
    package struct Failure: Error, CustomStringConvertible { package let description: String }

    private let launcher: KafkaLauncher
    /// Everything of the cluster: data, certificates, addresses.
    package let directory: String
    /// The plaintext address.
    package let bootstrap: String

    /// The run's one plain cluster, started by who asks first.
    package static let shared: Result<KafkaCluster, Failure> = make()
    /// The run's one secured cluster.
    package static let secured: Result<KafkaCluster, Failure> = make(secure: true)

    private static func make(secure: Bool = false) -> Result<KafkaCluster, Failure> {
        do throws(Failure) { return .success(try KafkaCluster(secure: secure)) } catch {
            return .failure(error)
        }
    }

    /// Starts a cluster of its own.
    /// - Parameter settings: server properties, `key=value`.
    package init(
        _ version: KafkaLauncher.Version = .newest, nodes: Int = 1, secure: Bool = false,
        settings: [String] = []
    ) throws(Failure) {
        guard let launcher = KafkaLauncher.find(version) else {
            throw Failure(description: "no Kafka of this version is at hand")
        }
        self.launcher = launcher
        var path = Array("/tmp/holdfast-kafka.XXXXXX".utf8CString)
        guard mkdtemp(&path) != nil else { throw Failure(description: "no directory in /tmp") }
        var directory = String(
            decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        Self.watch(directory, launcher)
        // A test's topics are many and small: no 10 MB index files.
        let arguments =
            ["up", "\(directory)/cluster", "--nodes", String(nodes)] + (secure ? ["--secure"] : [])
            + ["log.index.size.max.bytes=65536"] + settings
        var up = Subprocess.Result(status: 1, output: "")
        // Again when ports were taken in between, or the random cluster id begins with a dash,
        // which the formatting tool takes for an option.
        for _ in 0..<3 where up.status != 0 {
            _ = Subprocess.run("rm", ["-rf", "\(directory)/cluster"])
            up = Subprocess.run(
                launcher.script, arguments, environment: ["KAFKA_LIBS": launcher.libs])
        }
        guard up.status == 0, let found = Self.line(of: "\(directory)/cluster/bootstrap") else {
            throw Failure(description: "the broker did not start: \(up.output)")
        }
        directory += "/cluster"
        self.directory = directory
        bootstrap = found
    }

    /// A shell in a session of its own that waits for this process to end and stops the cluster
    /// then: also after a crash or a kill -9 no broker is left behind.
    private static func watch(_ directory: String, _ launcher: KafkaLauncher) {
        let script = """
            while kill -0 "$1" 2>/dev/null; do sleep 0.5; done
            "$2" down "$3/cluster"; rm -rf "$3"
            """
        _ = Subprocess.start(
            "bash", ["-c", script, "watch", String(getpid()), launcher.script, directory],
            environment: ["KAFKA_LIBS": launcher.libs], ownSession: true)
    }

    private static func line(of file: String) -> String? {
        Subprocess.readFile(file)?.split(separator: "\n").first.map { String($0) }
    }

    /// SASL_SSL address (secured clusters).
    package var bootstrapSASL: String { Self.line(of: "\(directory)/bootstrap-sasl") ?? "" }
    /// SSL address that asks for a client certificate (secured clusters).
    package var bootstrapMTLS: String { Self.line(of: "\(directory)/bootstrap-mtls") ?? "" }
    /// A file of the test CA: `ca.pem`, `holdfast.pem`, `holdfast.key`, ...
    package func tls(_ name: String) -> String { "\(directory)/tls/\(name)" }

    /// One of Apache's own tools: topics, acls, consumer-groups, console-consumer...
    package func tool(_ name: String, _ arguments: [String]) -> Subprocess.Result {
        call(["tool", directory, name] + arguments)
    }

    /// SIGKILL, SIGSTOP, SIGCONT, and start again on the data left.
    package func kill(node: Int = 1) { _ = call(["kill", directory, String(node)]) }
    package func pause(node: Int = 1) { _ = call(["pause", directory, String(node)]) }
    package func resume(node: Int = 1) { _ = call(["resume", directory, String(node)]) }
    package func start(node: Int = 1) { _ = call(["start", directory, String(node)]) }
    /// Stops all nodes now.
    package func stop() { _ = call(["down", directory]) }

    private func call(_ arguments: [String]) -> Subprocess.Result {
        Subprocess.run(
            launcher.script, arguments, environment: ["KAFKA_LIBS": launcher.libs])
    }
}
