// Lines of a file or of standard input, in chunks: a shift's file may be larger than memory.

import EventModel
import Glibc

/// Reads lines. Owns its descriptor unless it is standard input.
struct LineReader: ~Copyable {
    private let descriptor: Int32
    private let name: String
    private let lineBytesMax: Int
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    /// Bytes of the file, 0 when that is unknown (a pipe).
    let size: Int64
    private(set) var bytesRead: Int64 = 0
    /// The number of the line read last, from 1.
    private(set) var line = 0

    /// Opens a file; `-` is standard input.
    init(path: String, lineBytesMax: Int) throws(CommandError) {
        self.lineBytesMax = lineBytesMax
        name = path == "-" ? "standard input" : path
        descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let code: ExitCode = errno == EACCES ? .noPermission : .noInput
            throw CommandError(
                code, path, String(cString: strerror(errno)),
                wayOut: "Check the path; '-' reads standard input")
        }
        var status = stat()
        let isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        size = isFile ? Int64(status.st_size) : 0
    }

    deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

    /// The next line without its newline; nil at the end.
    mutating func next() throws(CommandError) -> ArraySlice<UInt8>? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: 0x0a) {
                defer { start = end + 1 }
                line += 1
                return buffer[start..<end]
            }
            if isAtEnd {
                guard start < buffer.count else { return nil }
                defer { start = buffer.count }
                line += 1
                return buffer[start...]
            }
            searched = buffer.count - start
            try fill()
            guard buffer.count <= lineBytesMax + 65_536 else {
                throw CommandError(
                    .data, "\(name):\(line + 1)", "a line of more than \(lineBytesMax) bytes",
                    wayOut: "Is this a file of JSON lines?")
            }
        }
    }

    /// Drops what was read and appends a chunk; what is left then begins at 0.
    private mutating func fill() throws(CommandError) {
        buffer.removeFirst(start)
        start = 0
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw CommandError(.inputOutput, name, String(cString: strerror(errno)))
            }
            isAtEnd = count == 0
            bytesRead += Int64(count)
            buffer.append(contentsOf: chunk[..<count])
            return
        }
    }
}
