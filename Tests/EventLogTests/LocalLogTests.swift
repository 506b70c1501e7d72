// What can go wrong with a log that is a file: second workers, killed processes, torn, foreign and
// newer files.

import EventLog
import EventModel
import Glibc
import Simulation
import Testing

@Suite struct LocalLogTests {
    private func refusal(_ body: () throws -> Void) throws -> LogError {
        do { try body() } catch let error as LogError { return error }
        throw ConformanceFailure("it was accepted")
    }

    private func fill(_ log: LocalFixture, _ count: Int) throws {
        let writer = try log.makeWriter()
        for _ in 0..<count {
            try Array(repeating: UInt8(7), count: 600).withUnsafeBufferPointer {
                try writer.write(
                    topic: .mesExecution, partition: Partition(0), key: nil, value: ByteView($0),
                    headers: [])
            }
        }
        try writer.flush()
        writer.close()
    }

    private func count(in directory: String) throws -> Int {
        let reader = try LocalLogReader(directory: directory)
        try reader.assign([(TopicPartition(.mesExecution, Partition(0)), Offset(0))])
        var records: ContiguousArray<LogRecord> = []
        var events: [LogEvent] = []
        var count = 0
        while events.isEmpty {
            try reader.poll(records: &records, events: &events, max: 500, timeoutMilliseconds: 100)
            count += records.count
            for record in records { reader.release(record) }
            records.removeAll()
        }
        return count
    }

    private func copy(_ name: String, from: String, to: String, bytes: Int? = nil) throws {
        let source = open("\(from)/\(name)", O_RDONLY)
        try #require(source >= 0)
        defer { close(source) }
        var buffer = [UInt8](repeating: 0, count: bytes ?? 64 << 20)
        let count = read(source, &buffer, buffer.count)
        let target = open("\(to)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        try #require(target >= 0)
        defer { close(target) }
        try #require(write(target, buffer, count) == count)
    }

    @Test func `a second worker process is refused and told who holds the log`() throws {
        let log = try LocalFixture()
        let descriptor = open("\(log.directory.path)/worker.lock", O_RDWR | O_CREAT, 0o600)
        try #require(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        try #require(write(descriptor, "4711\n", 5) == 5)
        let stream = try log.makeStream(named: "a")
        let error = try refusal { try stream.open() }
        #expect(error.reaction == .stopProcess)
        #expect(error.message.contains("process 4711"))
        #expect(error.hint.contains("--log local:DIR"))
        close(descriptor)
        try stream.open()
        stream.close()
    }

    @Test func `threads of one process share the log and divide its partitions`() throws {
        let log = try LocalFixture()
        var assigned: [[Partition]] = []
        var streams: [LocalStreamLog] = []
        for thread in 0..<3 {
            let stream = try LocalStreamLog(
                directory: log.directory.path, thread: thread, of: 3, clock: wallClock)
            try stream.open()
            streams.append(stream)
            var records: ContiguousArray<LogRecord> = []
            var events: [LogEvent] = []
            try stream.poll(records: &records, events: &events, max: 1, timeoutMilliseconds: 0)
            for case .assigned(let partitions) in events { assigned.append(partitions) }
        }
        #expect(assigned == [[Partition(0), Partition(3)], [Partition(1)], [Partition(2)]])
        for stream in streams { stream.close() }
    }

    @Test func `files copied from under a running writer open with what was committed`() throws {
        let log = try LocalFixture()
        let writer = try log.makeWriter()
        try fill(log, 500)
        let scratch = ScratchDirectory()
        for name in ["log.sqlite", "log.sqlite-wal"] {
            try copy(name, from: log.directory.path, to: scratch.path)
        }
        #expect(try count(in: scratch.path) == 500)
        writer.close()
    }

    @Test func `a torn file is refused, kept, and the way out is named`() throws {
        let log = try LocalFixture()
        try fill(log, 500)
        let scratch = ScratchDirectory()
        // The last connection is closed: everything is in the file, of which half is left.
        try copy("log.sqlite", from: log.directory.path, to: scratch.path, bytes: 100_000)
        let error = try refusal { _ = try count(in: scratch.path) }
        #expect(error.code == "SQLITE_CORRUPT")
        #expect(error.reaction == .stopProcess)
        #expect(error.hint.contains("backup"))
        #expect(access("\(scratch.path)/log.sqlite", F_OK) == 0)
    }

    @Test(arguments: [
        (60, "FOREIGN_FILE"), (68, "FOREIGN_FILE"), (0, "SQLITE_NOTADB"), (63, "NEWER_FORMAT"),
    ])
    func `a file that is not ours or is newer is refused`(byte: Int, code: String) throws {
        let log = try LocalFixture()
        let path = "\(log.directory.path)/log.sqlite"
        let descriptor = open(path, O_RDWR)
        // SQLite's header: user_version at 60 (big-endian), application_id at 68.
        let changed: UInt8 = byte == 63 ? 99 : 1
        if code == "FOREIGN_FILE" {
            try #require(pwrite(descriptor, [UInt8](repeating: 0, count: 12), 12, 60) == 12)
        }
        if byte != 60 { try #require(pwrite(descriptor, [changed], 1, off_t(byte)) == 1) }
        close(descriptor)
        let error = try refusal { _ = try LocalLogReader(directory: log.directory.path) }
        #expect(error.code == code)
        #expect(error.reaction == .stopProcess)
    }

    @Test func `append times never run backwards when the wall clock does`() throws {
        let log = try LocalFixture()
        let place = TopicPartition(.audit, Partition(0))
        for now in [5_000, 3_000, 7_000] as [Int64] {
            let writer = try LocalLogWriter(directory: log.directory.path) {
                Instant(milliseconds: now)
            }
            try writer.write(
                topic: .audit, partition: place.partition, key: nil, value: nil, headers: [])
            try writer.flush()
        }
        let reader = try log.makeReader()
        #expect(try reader.offset(of: place, at: Instant(milliseconds: 5_001)) == Offset(2))
        #expect(try reader.offset(of: place, at: Instant(milliseconds: 3_001)) == Offset(0))
    }
}
