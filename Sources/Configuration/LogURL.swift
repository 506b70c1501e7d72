// Where the log is: `local:DIR` (the embedded one) or `kafka://host:port,...`.

/// The value of `--log`.
package enum LogURL: Equatable, Sendable {
    /// The embedded log in this directory.
    case local(directory: String)
    /// Kafka, by its bootstrap servers as `host:port`.
    case kafka(servers: [String])

    /// Why a text is no such URL, as a cause and a way out.
    package struct Fault: Error, Equatable {
        package let cause: String
        package let wayOut: String
    }

    package init(_ text: String) throws(Fault) {
        if text.hasPrefix("local:") {
            let directory = String(text.dropFirst("local:".count))
            guard !directory.isEmpty else {
                throw Fault(cause: "no directory after 'local:'", wayOut: "Write local:./state/log")
            }
            self = .local(directory: directory)
        } else if text.hasPrefix("kafka://") {
            self = .kafka(servers: try Self.servers(text.dropFirst("kafka://".count)))
        } else {
            throw Fault(
                cause: "'\(text)' is neither local:DIR nor kafka://host:port,...",
                wayOut: "Write local:./state/log, or kafka://localhost:9092")
        }
    }

    private static func servers(_ text: Substring) throws(Fault) -> [String] {
        var servers: [String] = []
        let example = "Write kafka://broker1:9092,broker2:9092"
        if text.contains("@") {
            // Process lists and logs show URLs; a password has no place in one.
            throw Fault(
                cause: "user and password do not belong in the URL",
                wayOut: "Set sasl.username and sasl.password under kafka: in holdfast.yaml")
        }
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard !part.isEmpty, !part.contains("/"), !part.contains(" ") else {
                throw Fault(cause: "'\(part)' is no host:port", wayOut: example)
            }
            let hasPort = part.last != "]" && part.contains(":")
            guard hasPort, let colon = part.lastIndex(of: ":") else {
                servers.append("\(part):9092")
                continue
            }
            guard colon != part.startIndex, let port = Int(part[part.index(after: colon)...]),
                (1...65_535).contains(port)
            else { throw Fault(cause: "'\(part)' is no host:port", wayOut: example) }
            servers.append(String(part))
        }
        return servers
    }
}
