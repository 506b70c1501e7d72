// The state directories of a world's machines: made, wiped, and copied as they are.

import Glibc

/// Directories of task files under one root, in memory where there is such a place.
final class StateShelf {
    private let root: String
    private var names: [String] = []

    /// - Parameter number: tells apart worlds of one process that live at the same time.
    init(number: Int) {
        let base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        root = "\(base)/holdfast-simulate-\(getpid())-\(number)"
        mkdir(root, 0o700)
    }

    deinit {
        for name in names { wipe(name) }
        rmdir(root)
    }

    func directory(_ name: String) -> String {
        if !names.contains(name) { names.append(name) }
        return "\(root)/\(name)"
    }

    func wipe(_ name: String) {
        let path = directory(name)
        for file in files(of: path) { unlink("\(path)/\(file)") }
        rmdir(path)
    }

    /// `to` becomes what `from` is at this moment.
    func copy(_ from: String, to: String) {
        wipe(to)
        let source = directory(from)
        let target = directory(to)
        let found = files(of: source)
        guard !found.isEmpty else { return }
        mkdir(target, 0o700)
        for file in found { copyFile("\(source)/\(file)", "\(target)/\(file)") }
    }

    private func files(of path: String) -> [String] {
        guard let handle = opendir(path) else { return [] }
        defer { closedir(handle) }
        var found: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { found.append(name) }
        }
        return found.sorted()
    }

    private func copyFile(_ from: String, _ to: String) {
        let source = open(from, O_RDONLY)
        let target = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer {
            close(source)
            close(target)
        }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(source, &buffer, buffer.count)
            guard count > 0 else { return }
            precondition(write(target, buffer, count) == count, "memory is not full")
        }
    }
}
