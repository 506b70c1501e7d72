// The disk under a task's file, as the store needs it beside and below SQLite: the system's own in
// production, one with faults in simulation. Off the path of a record: it is asked when files are
// opened and set aside.

import Glibc

/// The disk that holds the files of tasks. Every call answers 0 or an errno.
package protocol StoreFiles: Sendable {
    /// The name of the sqlite3_vfs that opens files of this disk; nil: SQLite's default.
    var vfs: String? { get }
    /// Makes a directory that only its owner enters (0700). One that is there already is fine.
    func makeDirectory(_ path: String) -> Int32
    /// Makes an empty file that only its owner reads (0600), or gives an existing one that mode.
    func makeFile(_ path: String) -> Int32
    /// Gives a file another name in one step.
    func rename(_ path: String, to other: String) -> Int32
    /// Removes a file.
    func remove(_ path: String) -> Int32
    /// The size of a file in bytes; nil when there is none.
    func size(of path: String) -> Int?
}

/// The disk of the machine.
package struct SystemFiles: StoreFiles {
    package init() {}

    package var vfs: String? { nil }

    package func makeDirectory(_ path: String) -> Int32 {
        mkdir(path, 0o700) == 0 || errno == EEXIST ? 0 : errno
    }

    package func makeFile(_ path: String) -> Int32 {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        // Also one that somebody restored from a backup with a careless mask.
        _ = fchmod(descriptor, 0o600)
        return 0
    }

    package func rename(_ path: String, to other: String) -> Int32 {
        Glibc.rename(path, other) == 0 ? 0 : errno
    }

    package func remove(_ path: String) -> Int32 { unlink(path) == 0 ? 0 : errno }

    package func size(of path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }
}
