// The state directory belongs to one process at a time: it is locked, and it keeps the instance's
// name when nobody gave one (docs/design.md, Names).

import EventModel
import Glibc

/// A locked state directory. The lock goes with the process.
final class StateDirectory: Sendable {
    let path: String
    private let lock: Int32

    /// Makes the directory (mode 0700) when it is missing and locks it; a second `run` on it is
    /// refused by name.
    init(_ path: String) throws(CommandError) {
        self.path = path
        var made = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            made +=
                made.isEmpty && part.isEmpty
                ? "/" : (made.isEmpty || made == "/" ? part : "/" + part)
            if !made.isEmpty { mkdir(made, 0o700) }
        }
        let file = path + "/lock"
        lock = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else {
            throw CommandError(
                .cannotCreate, "state directory \(path)", "cannot be written: \(Self.reason())",
                wayOut: "Make it, or name another one with --state")
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            var bytes = [UInt8](repeating: 0, count: 32)
            let count = pread(lock, &bytes, bytes.count, 0)
            let owner = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
            close(lock)
            throw CommandError(
                .temporary, "state directory \(path)",
                "another worker holds it (process \(owner))",
                wayOut: "Stop that process, or give this worker its own --state")
        }
        let owner = Array(String(getpid()).utf8)
        ftruncate(lock, 0)
        _ = owner.withUnsafeBytes { pwrite(lock, $0.baseAddress, $0.count, 0) }
    }

    deinit { close(lock) }

    /// The instance's name kept here; made once.
    func instanceName(random: () -> UInt64) throws(CommandError) -> String {
        let file = path + "/instance"
        if let bytes = Self.read(file), let text = Self.name(in: bytes) { return text }
        let name = "i-" + String(random(), radix: 36)
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        let bytes = Array(name.utf8)
        guard descriptor >= 0,
            bytes.withUnsafeBytes({ write(descriptor, $0.baseAddress, $0.count) }) == bytes.count,
            fsync(descriptor) == 0
        else {
            throw CommandError(
                .cannotCreate, file, "cannot be written: \(Self.reason())",
                wayOut: "Free space on the disk, or name another directory with --state")
        }
        close(descriptor)
        return name
    }

    private static func name(in bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes.prefix { $0 > 0x20 }, as: UTF8.self)
        let isName = text.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (97...122).contains(byte) || byte == 45
        }
        return isName && (3...64).contains(text.utf8.count) ? text : nil
    }

    private static func read(_ file: String) -> [UInt8]? {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        return count >= 0 ? Array(bytes.prefix(count)) : nil
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
