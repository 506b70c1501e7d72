// Writing findings.

import Glibc

/// Small files, written whole.
enum FuzzFiles {
    static func write(_ bytes: [UInt8], to path: String) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return bytes.isEmpty || Glibc.write(descriptor, bytes, bytes.count) == bytes.count
    }

    /// Makes a folder with those above it.
    static func makeFolder(_ path: String) {
        var at = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            at += at.isEmpty && !path.hasPrefix("/") ? String(part) : "/\(part)"
            mkdir(at.replacing("//", with: "/"), 0o755)
        }
    }
}
