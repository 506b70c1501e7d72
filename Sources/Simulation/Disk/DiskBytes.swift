// The bytes of one file, page by page. Pages are shared between what a reader sees, what is durable
// and images of the disk until one of them is written to: a sync or a snapshot of a file costs a
// few references, not a copy of it.

import Glibc

/// A file's contents.
struct DiskBytes: Sendable {
    static let pageBytes = 4_096

    /// Each of `pageBytes`; behind `count` they hold zeros.
    private var pages: ContiguousArray<[UInt8]> = []
    private(set) var count = 0

    init(_ bytes: [UInt8] = []) {
        bytes.withUnsafeBytes { put($0, at: 0) }
    }

    var isEmpty: Bool { count == 0 }

    /// All of it in one piece.
    var flat: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { room, used in
            read(into: UnsafeMutableRawBufferPointer(room), at: 0)
            used = count
        }
    }

    /// Copies what lies there; the room ends where the file does, or before.
    func read(into room: UnsafeMutableRawBufferPointer, at offset: Int) {
        precondition(offset + room.count <= count, "nothing lies behind the end")
        var done = 0
        while done < room.count {
            let (page, start) = (offset + done).quotientAndRemainder(dividingBy: Self.pageBytes)
            let length = min(room.count - done, Self.pageBytes - start)
            pages[page].withUnsafeBytes {
                _ = memcpy(room.baseAddress! + done, $0.baseAddress! + start, length)
            }
            done += length
        }
    }

    /// Writes; a gap before the offset is zeros.
    mutating func put(_ new: UnsafeRawBufferPointer, at offset: Int) {
        grow(to: offset)
        var done = 0
        while done < new.count {
            let (page, start) = (offset + done).quotientAndRemainder(dividingBy: Self.pageBytes)
            let length = min(new.count - done, Self.pageBytes - start)
            let from = UnsafeRawBufferPointer(rebasing: new[done..<done + length])
            if length == Self.pageBytes {
                set(page, to: Self.copy(from))
            } else {
                if page == pages.count { pages.append(Self.zeros()) }
                pages[page].withUnsafeMutableBytes {
                    _ = memcpy($0.baseAddress! + start, from.baseAddress!, length)
                }
            }
            done += length
        }
        count = max(count, offset + new.count)
    }

    private mutating func set(_ page: Int, to bytes: [UInt8]) {
        if page == pages.count { pages.append(bytes) } else { pages[page] = bytes }
    }

    /// Cuts it, or fills it up with zeros.
    mutating func cut(to size: Int) {
        guard size < count else { return grow(to: size) }
        let (whole, rest) = size.quotientAndRemainder(dividingBy: Self.pageBytes)
        pages.removeLast(pages.count - whole - (rest > 0 ? 1 : 0))
        if rest > 0 {
            pages[whole].withUnsafeMutableBytes {
                _ = memset($0.baseAddress! + rest, 0, Self.pageBytes - rest)
            }
        }
        count = size
    }

    private mutating func grow(to size: Int) {
        guard size > count else { return }
        while pages.count * Self.pageBytes < size { pages.append(Self.zeros()) }
        count = size
    }

    private static func zeros() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: pageBytes) { room, used in
            memset(room.baseAddress!, 0, pageBytes)
            used = pageBytes
        }
    }

    /// Block moves: byte by byte, a debug build would spend all its time here.
    static func copy(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: bytes.count) { room, used in
            if let start = bytes.baseAddress { memcpy(room.baseAddress!, start, bytes.count) }
            used = bytes.count
        }
    }
}
