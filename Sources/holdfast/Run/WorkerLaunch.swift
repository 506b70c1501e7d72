// Wiring: settings become a worker on the log that they name.

import Configuration
import Decisions
import EventLog
import EventModel
import KafkaLog
import Worker

/// Starts the stream threads that a call asks for.
struct WorkerLaunch: Sendable {
    var settings: WorkerSettings
    let threads: Int
    var environment: Environment
    let url: LogURL
    let topicPrefix: String
    let instance: String
    let isStatic: Bool
    let kafkaProperties: [String: String]
    let notify: @Sendable (WorkerSignal) -> Void
    /// Hears librdkafka's own lines; nil drops them.
    var clientLog: KafkaLogLine?
    /// Kept locked as long as the launch lives.
    var lockedDirectory: StateDirectory?

    /// Runs until the supervisor is stopped; throws what ended it.
    func run(_ supervisor: Supervisor) throws(CommandError) {
        do throws(WorkerError) {
            switch url {
            case .local(let directory):
                let threads = threads
                let environment = environment
                try supervisor.run(
                    threads: threads, settings: settings, environment: environment, notify: notify
                ) { thread throws(LogError) in
                    try LocalStreamLog(
                        directory: directory, thread: thread, of: threads,
                        clock: environment.now)
                }
            case .kafka(let servers):
                let configurations = (0..<threads).map { thread in
                    configuration(servers: servers, thread: thread)
                }
                let environment = environment
                let clientLog = clientLog
                try supervisor.run(
                    threads: threads, settings: settings, environment: environment, notify: notify
                ) { thread throws(LogError) in
                    KafkaStreamLog(
                        configurations[thread], clock: environment.now, log: clientLog)
                }
            }
        } catch {
            throw CommandError(error)
        }
    }

    private func configuration(servers: [String], thread: Int) -> KafkaConfiguration {
        KafkaConfiguration(
            bootstrap: servers.joined(separator: ","), deployment: settings.deployment,
            instance: instance, thread: thread, isStatic: isStatic, topicPrefix: topicPrefix,
            properties: kafkaProperties)
    }
}

extension CommandError {
    /// What ended a worker, as the command's error.
    init(_ error: WorkerError) {
        if let logError = error.logError {
            self.init(logError)
            return
        }
        let code: ExitCode =
            switch error.kind {
            case .log: .unavailable
            case .store: .inputOutput
            case .contradiction: .data
            case .newerVersion: .configuration
            case .setup: .configuration
            }
        self.init(code, "worker", error.message, wayOut: error.hint)
    }
}
