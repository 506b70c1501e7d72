// The log by its URL: the embedded one or Kafka. Nothing above knows which it is.

package import Configuration
package import EventLog
package import EventModel
import Glibc
package import KafkaLog

/// Opens LocalLog or KafkaLog.
package struct LogFactory: LogOpener {
    private let environment: Environment

    package init(environment: Environment) { self.environment = environment }

    package func reader(_ settings: Settings) throws(LogError) -> any LogReader {
        switch settings.log {
        case .local(let directory):
            // Looking must not make a log: that it is empty would be believed.
            guard ConfigurationFile.exists(directory) else {
                throw LogError(
                    operation: "open the log", code: "ENOENT", reaction: .stopProcess,
                    message: "there is no log in \(directory)",
                    hint: "Make one with 'holdfast topics apply' or 'holdfast demo', or check --log"
                )
            }
            return try LocalLogReader(directory: directory)
        case .kafka: return try KafkaReader(Self.kafka(settings))
        }
    }

    package func writer(_ settings: Settings) throws(LogError) -> any LogWriter {
        switch settings.log {
        case .local(let directory):
            Self.makeParents(of: directory)
            return try LocalLogWriter(directory: directory, clock: environment.now)
        case .kafka: return try KafkaWriter(Self.kafka(settings))
        }
    }

    package func admin(_ settings: Settings) throws(LogError) -> any LogAdmin {
        switch settings.log {
        case .local(let directory):
            Self.makeParents(of: directory)
            return try LocalLogAdmin(directory: directory)
        case .kafka: return try KafkaAdmin(Self.kafka(settings))
        }
    }

    /// Makes the directories above a local log; what fails is told when the log is opened.
    package static func makeParents(of directory: String) {
        var at = directory.startIndex
        while let slash = directory[at...].firstIndex(of: "/") {
            if slash != directory.startIndex { mkdir(String(directory[..<slash]), 0o755) }
            at = directory.index(after: slash)
        }
    }

    /// Kafka as the settings have it, for tools that join no group.
    package static func kafka(_ settings: Settings) -> KafkaConfiguration {
        guard case .kafka(let servers) = settings.log else {
            preconditionFailure("asked for Kafka, but the log is local")
        }
        return KafkaConfiguration(
            bootstrap: servers.joined(separator: ","),
            deployment: settings.text(.deployment) ?? "default",
            topicPrefix: settings.text(.topicPrefix) ?? "", properties: settings.kafkaProperties)
    }
}
