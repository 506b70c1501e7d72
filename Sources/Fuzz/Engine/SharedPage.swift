// A page that two processes see: which input the child is at, and the most that one cost. What a
// process wrote there stays when it dies, whichever way it dies.

import Glibc

/// Numbers shared with a child process. The file behind them has one owner, the parent.
final class SharedPage {
    private static let bytes = 4096
    let path: String
    private let words: UnsafeMutablePointer<UInt64>
    private let isOwner: Bool

    /// Makes the file (the parent), or maps one that is there (the child).
    init?(path: String, make: Bool) {
        self.path = path
        isOwner = make
        let descriptor = open(path, make ? O_RDWR | O_CREAT | O_TRUNC : O_RDWR, 0o600)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        if make, ftruncate(descriptor, off_t(Self.bytes)) != 0 { return nil }
        let memory = mmap(
            nil, Self.bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let memory, memory != MAP_FAILED else { return nil }
        words = memory.assumingMemoryBound(to: UInt64.self)
    }

    deinit {
        munmap(words, Self.bytes)
        if isOwner { unlink(path) }
    }

    /// The input in hand.
    var index: UInt64 {
        get { words[0] }
        set { words[0] = newValue }
    }
    /// CPU time of the input that took longest, in microseconds, among those looked at closely.
    var slowestMicroseconds: UInt64 {
        get { words[1] }
        set { words[1] = newValue }
    }
    /// Inputs that were run to their end.
    var done: UInt64 {
        get { words[2] }
        set { words[2] = newValue }
    }
}
