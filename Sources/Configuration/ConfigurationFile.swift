// Reads small files whole, with Glibc alone (Foundation would cost 60 MB of ICU in a static
// binary).

import EventModel
import Glibc

/// A file that a person wrote for us.
package enum ConfigurationFile {
    /// Whether something that can be opened for reading stands there.
    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The bytes of a file, at most `limit` and one more (so that the reader can refuse it by
    /// name). Throws with kind `noInput` when it cannot be read.
    package static func bytes(of path: String, limit: Int) throws(ConfigurationError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= limit {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(path, errno)
            }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return bytes
    }

    private static func failure(_ path: String, _ code: Int32) -> ConfigurationError {
        let wayOut =
            switch code {
            case ENOENT: "Check the path; relative ones start at the current directory"
            case EACCES: "Give this user the right to read it"
            case EISDIR: "Name a file in it"
            default: "Check the file"
            }
        return ConfigurationError(
            kind: .noInput, place: path, cause: String(cString: strerror(code)), wayOut: wayOut)
    }
}
