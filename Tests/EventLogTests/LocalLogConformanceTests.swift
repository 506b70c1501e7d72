// The conformance suite over the local log.

import EventLog
import EventModel
import Glibc
import Simulation
import Testing

/// A directory of its own, removed at the end.
final class ScratchDirectory {
    let path: String
    init() {
        var template = Array("/tmp/holdfast-locallog-XXXXXX".utf8CString)
        path = String(cString: mkdtemp(&template))
    }
    deinit {
        for name in ["log.sqlite", "log.sqlite-wal", "log.sqlite-shm", "worker.lock"] {
            unlink("\(path)/\(name)")
        }
        rmdir(path)
    }
}

/// The wall clock, for tests that look at real append times.
@Sendable func wallClock() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(rawValue: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
}

/// A local log with the topics of the contract.
final class LocalFixture: LogFixture {
    let directory = ScratchDirectory()
    let patienceMilliseconds: Int64 = 5_000
    let quietMilliseconds: Int64 = 20

    init(absent: [Topic] = []) throws {
        let admin = try LocalLogAdmin(directory: directory.path)
        for topic in Topic.allCases where !absent.contains(topic) {
            try admin.create(
                topic,
                as: TopicDescription(
                    partitions: ConformanceCheck.partitions, replication: 1, settings: [:]))
        }
    }

    func makeStream(named name: String) throws -> any StreamLog {
        try LocalStreamLog(directory: directory.path, thread: 0, of: 1, clock: wallClock)
    }
    func makeReader() throws -> any LogReader { try LocalLogReader(directory: directory.path) }
    func makeWriter() throws -> any LogWriter {
        try LocalLogWriter(directory: directory.path, clock: wallClock)
    }
    func makeAdmin() throws -> any LogAdmin { try LocalLogAdmin(directory: directory.path) }
    func loseSession(of stream: any StreamLog) throws {
        preconditionFailure("a local log has no sessions")
    }
}

@Suite struct LocalLogConformanceTests {
    @Test(arguments: ConformanceCheck.all)
    func `the local log keeps the promise`(check: ConformanceCheck) throws {
        try check.run(LocalFixture(absent: check.absentTopics))
    }
}
