// Names and permissions of a task's file, and setting it aside. State holds what the plant does:
// only the worker's user reads it.

import EventModel

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
        try StoreConnection(path: path, vfs: files.vfs)
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
        // The WAL goes first: a crash in between leaves an old file without a WAL, which is merely
        // behind. The other way round, an old WAL would meet a new file.
        for suffix in ["-wal", "-shm", "-journal", ""] where exists(path + suffix) {
            let renamed = files.rename(path + suffix, to: kept + suffix)
            guard renamed == 0 else {
                throw .system("set aside", path: path + suffix, errno: renamed)
            }
        }
        return kept
    }

    /// Removes the file and its WAL, the WAL first as in `setAside`.
    func remove() throws(StoreError) {
        for suffix in ["-wal", "-shm", "-journal", ""] where exists(path + suffix) {
            let removed = files.remove(path + suffix)
            guard removed == 0 else {
                throw .system("remove", path: path + suffix, errno: removed)
            }
        }
    }

    private func exists(_ path: String) -> Bool { files.size(of: path) != nil }
}
