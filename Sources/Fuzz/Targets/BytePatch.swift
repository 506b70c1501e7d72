// Changes to a file that is too large to be an input: an input is a list of patches, each of them
//
//     1 byte   what: overwrite, zero, ones, cut, copy, add 1, insert nothing
//     1 byte   how many bytes
//     4 bytes  where, little-endian, modulo the length
//     n bytes  the new bytes, where the patch is an overwriting
//
// so that a few bytes of input are a few bytes of damage, wherever in the file.

import EventModel

/// Applies patches to bytes.
enum BytePatch {
    private static let patchesMax = 32

    static func apply(_ script: ByteView, to bytes: inout [UInt8]) {
        var at = 0
        for _ in 0..<patchesMax where at + 6 <= script.count && !bytes.isEmpty {
            let what = script[at] & 7
            let length = max(1, Int(script[at + 1]))
            let place = place(script, at + 2, of: bytes.count)
            at += 6
            let end = min(bytes.count, place + length)
            switch what {
            case 0, 1, 2:
                let count = min(end - place, script.count - at)
                for index in 0..<count { bytes[place + index] = script[at + index] }
                at += count
            case 3: for index in place..<end { bytes[index] = 0 }
            case 4: for index in place..<end { bytes[index] = 0xff }
            case 5: bytes.removeSubrange(place...)
            case 6:
                // A page over another: torn writes and lost ones look like this.
                let page = 4096
                let from = place / page * page
                let to = length * page % bytes.count / page * page
                let count = min(page, bytes.count - max(from, to))
                for index in 0..<count { bytes[to + index] = bytes[from + index] }
            default: for index in place..<end { bytes[index] &+= 1 }
            }
        }
    }

    private static func place(_ script: ByteView, _ at: Int, of count: Int) -> Int {
        let word = UInt32(littleEndian: script.loadUnaligned(fromByteOffset: at, as: UInt32.self))
        return Int(word) % count
    }
}
