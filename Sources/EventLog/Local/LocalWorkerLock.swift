// One worker process per local log: `flock` on `DIR/worker.lock`, which the kernel lets go when the
// process ends, however it ends. The threads of one process share it.

import Glibc
import Synchronization

/// Held while this process runs stream threads on a directory.
final class LocalWorkerLock: Sendable {
    private struct Held {
        var descriptor: Int32
        var threads: Int
    }
    /// By device and inode of the lock file: two names of one directory are one log.
    private static let held = Mutex<[String: Held]>([:])
    private let identity: String

    init(directory: String) throws(LogError) {
        let path = directory + "/worker.lock"
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
            throw LogError(
                operation: "lock the log", code: "ERRNO_\(errno)", reaction: .stopProcess,
                message: "\(path) cannot be opened: \(String(cString: strerror(errno)))",
                hint: "Check that the directory of --log local:DIR is this user's to write.")
        }
        let identity = "\(status.st_dev):\(status.st_ino)"
        let isTaken = Self.held.withLock { held in
            if held[identity] != nil {
                held[identity]?.threads += 1
                Glibc.close(descriptor)
                return true
            }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return false }
            held[identity] = Held(descriptor: descriptor, threads: 1)
            let text = "\(getpid())\n"
            _ = ftruncate(descriptor, 0)
            _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
            return true
        }
        guard isTaken else {
            let owner = Self.owner(descriptor)
            Glibc.close(descriptor)
            throw LogError(
                operation: "lock the log", code: "LOCKED", reaction: .stopProcess,
                message: "another worker\(owner) runs on the local log \(directory) already",
                hint:
                    "Stop it, or give this one a log of its own with --log local:DIR. For several "
                    + "workers on one log use --log kafka://...")
        }
        self.identity = identity
    }

    deinit {
        Self.held.withLock { held in
            guard var mine = held[identity] else { return }
            mine.threads -= 1
            held[identity] = mine.threads == 0 ? nil : mine
            if mine.threads == 0 { Glibc.close(mine.descriptor) }
        }
    }

    private static func owner(_ descriptor: Int32) -> String {
        var text = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &text, text.count, 0)
        guard count > 0 else { return "" }
        let digits = text.prefix(count).prefix { (48...57).contains($0) }
        return " (process \(String(decoding: digits, as: UTF8.self)))"
    }
}
