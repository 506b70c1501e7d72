// Names and permissions of a task's file, and setting it aside. State holds what the plant does:
// only the worker's user reads it.

import EventModel
import Glibc

/// The file of one task in the state directory.
struct TaskFile {
    let directory: String
    let path: String

    init(directory: String, partition: Partition) {
        self.directory = directory
        path = "\(directory)/task-\(partition.rawValue).sqlite"
    }

    /// Makes the directory (0700) and the file (0600; SQLite gives its WAL the same mode) where
    /// they are missing. Answers whether the file had anything in it.
    func prepare() throws(StoreError) -> Bool {
        if mkdir(directory, 0o700) != 0, errno != EEXIST {
            throw .system("make the state directory", path: directory, errno: errno)
        }
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system("open", path: path, errno: errno) }
        defer { close(descriptor) }
        // Also one that somebody restored from a backup with a careless mask.
        _ = fchmod(descriptor, 0o600)
        return Self.size(of: path) > 0 || Self.size(of: path + "-wal") > 0
    }

    /// Keeps the file (and its WAL) as `<name>.torn-<n>`; answers the new path.
    func setAside() throws(StoreError) -> String {
        var number = 1
        while Self.exists("\(path).torn-\(number)") || Self.exists("\(path).torn-\(number)-wal") {
            number += 1
        }
        let kept = "\(path).torn-\(number)"
        // The WAL goes first: a crash in between leaves an old file without a WAL, which is merely
        // behind. The other way round, an old WAL would meet a new file.
        for suffix in ["-wal", "-shm", "-journal", ""] where Self.exists(path + suffix) {
            guard rename(path + suffix, kept + suffix) == 0 else {
                throw .system("set aside", path: path + suffix, errno: errno)
            }
        }
        return kept
    }

    /// Removes the file and its WAL, the WAL first as in `setAside`.
    func remove() throws(StoreError) {
        for suffix in ["-wal", "-shm", "-journal", ""] where Self.exists(path + suffix) {
            guard unlink(path + suffix) == 0 else {
                throw .system("remove", path: path + suffix, errno: errno)
            }
        }
    }

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    static func size(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}
