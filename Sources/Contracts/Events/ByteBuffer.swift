// Bytes that we own at an address that does not move until they are replaced: what a view of
// decoded base64, of an encoded event or of upcast data points into.

import EventModel

/// One growing block of memory.
struct ByteBuffer: ~Copyable {
    private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1024, alignment: 16)
    private var count = 0

    init() {}

    deinit { memory.deallocate() }

    /// What was put in last.
    var bytes: ByteView { ByteView(rebasing: UnsafeRawBufferPointer(memory)[..<count]) }

    /// Room for so many bytes; the old content is gone.
    mutating func prepare(_ capacity: Int) -> UnsafeMutableRawBufferPointer {
        if capacity > memory.count {
            memory.deallocate()
            memory = .allocate(byteCount: max(capacity, memory.count * 2), alignment: 16)
        }
        count = 0
        return memory
    }

    /// So many bytes of what `prepare` gave are used.
    mutating func use(_ count: Int) {
        precondition(count <= memory.count, "more bytes than there is room for")
        self.count = count
    }

    /// Replaces the content.
    mutating func assign(_ bytes: ByteView) {
        let room = prepare(bytes.count)
        room.copyMemory(from: bytes)
        use(bytes.count)
    }
}
