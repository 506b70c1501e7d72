// Names and permissions of a task's file, and setting it aside. State holds what the plant does:
// only the worker's user reads it.

import EventModel
import Glibc

/// The file of one task in the state directory.
struct TaskFile {
    let directory: String
    let path: String
    let files: any StoreFiles

    init(directory: String, partition: Partition, files: any StoreFiles) {
        self.directory = directory
        self.files = files
        path = "\(directory)/task-\(partition.rawValue).sqlite"
    }

    /// Makes the directory (0700) and the file (0600; SQLite gives its WAL the same mode) where
    /// they are missing. Answers whether the file had anything in it.
    func prepare() throws(StoreError) -> Bool {
        let made = files.makeDirectory(directory)
        guard made == 0 else {
            throw .system("make the state directory", path: directory, errno: made)
        }
        let opened = files.makeFile(path)
        guard opened == 0 else { throw .system("open", path: path, errno: opened) }
        return size > 0 || sizeOfWAL > 0
    }

    /// A connection to the file, on its disk.
    func connect() throws(StoreError) -> StoreConnection {
        try StoreConnection(path: path, file: self)
    }

    /// The size of the file in bytes; 0 when there is none.
    var size: Int { files.size(of: path) ?? 0 }
    /// The size of its WAL in bytes; 0 when there is none.
    var sizeOfWAL: Int { files.size(of: path + "-wal") ?? 0 }

    /// Keeps the file (and its WAL) as `<name>.torn-<n>`; answers the new path.
    func setAside() throws(StoreError) -> String {
        var number = 1
        while exists("\(path).torn-\(number)") || exists("\(path).torn-\(number)-wal") {
            number += 1
        }
        let kept = "\(path).torn-\(number)"
        for suffix in Self.suffixes where exists(path + suffix) {
            let renamed = files.rename(path + suffix, to: kept + suffix)
            guard renamed == 0 else {
                throw .system("set aside", path: path + suffix, errno: renamed)
            }
        }
        return kept
    }

    /// The file goes first, then its WAL: a crash in between leaves a WAL without a file, which no
    /// opening takes for anything. The other way round, a file that was caught in the middle of a
    /// checkpoint would lie there without the WAL that makes it whole.
    private static let suffixes = ["", "-wal", "-shm", "-journal"]

    /// After a sync that failed. What the system could not write it may call written from then on
    /// (Linux does), so that a later sync proves nothing: a power cut in a later checkpoint would
    /// leave old pages among new ones, each of them whole. Kafka has all of it.
    /// - Returns: whether the name is free.
    func giveUp() -> Bool {
        do throws(StoreError) { try remove() } catch { return (try? setAside()) != nil }
        return true
    }

    /// Removes the file and its WAL.
    func remove() throws(StoreError) {
        for suffix in Self.suffixes {
            let removed = files.remove(path + suffix)
            guard removed == 0 || removed == ENOENT else {
                throw .system("remove", path: path + suffix, errno: removed)
            }
        }
    }

    private func exists(_ path: String) -> Bool { files.size(of: path) != nil }
}
