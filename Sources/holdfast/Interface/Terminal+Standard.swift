// The process's own streams. SIGPIPE is ignored by main; a reader that went away shows as EPIPE.

import EventModel
import Glibc

extension Terminal {
    /// Output to descriptors 1 and 2.
    static func standard(color: String?, isQuiet: Bool, environment: [String: String]) -> Terminal {
        let watched = isatty(STDOUT_FILENO) == 1
        return Terminal(
            sink: { stream, bytes in
                writeAll(stream == .output ? STDOUT_FILENO : STDERR_FILENO, bytes)
            },
            outputIsTerminal: watched, errorIsTerminal: isatty(STDERR_FILENO) == 1,
            isColored: wantsColor(color, environment: environment, isTerminal: watched),
            isQuiet: isQuiet)
    }

    /// Writes everything; false when it cannot be written any more.
    private static func writeAll(_ descriptor: Int32, _ bytes: ByteView) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = write(
                descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EAGAIN {
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&waiting, 1, -1)
                    continue
                }
                return false
            }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
