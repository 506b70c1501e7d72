// The bytes of a simulated file lie in pages that are shared: what is written to one copy must
// never show in another, and every page must read as an array of bytes would.

import Testing

@testable import Simulation

@Suite struct DiskBytesTests {
    private static let places = [0, 1, 24, 511, 4_095, 4_096, 4_097, 8_192, 12_312, 20_000]
    private static let lengths = [0, 1, 24, 512, 4_096, 4_097, 9_000]

    @Test(arguments: 1...40) func `pages read as an array would, whatever is shared`(seed: Int) {
        var dice = Dice(seed: UInt64(seed))
        var bytes = DiskBytes()
        var model: [UInt8] = []
        var images: [(DiskBytes, [UInt8])] = []
        for step in 0..<60 {
            let place = dice.pick(Self.places)
            switch dice.roll(5) {
            case 0: images.append((bytes, model))
            case 1:
                bytes.cut(to: place)
                model.removeLast(max(0, model.count - place))
                model += [UInt8](repeating: 0, count: place - model.count)
            default:
                let new = [UInt8](repeating: UInt8(step + 1), count: dice.pick(Self.lengths))
                new.withUnsafeBytes { bytes.put($0, at: place) }
                model += [UInt8](repeating: 0, count: max(0, place + new.count - model.count))
                model.replaceSubrange(place..<place + new.count, with: new)
            }
            #expect(bytes.flat == model)
            #expect(bytes.count == model.count)
        }
        for (image, before) in images { #expect(image.flat == before) }
    }

    @Test func `after a sync that failed, the next one makes durable only what is not given up`() {
        var inode = DiskInode()
        func write(_ byte: UInt8, at offset: Int) {
            [UInt8](repeating: byte, count: 4).withUnsafeBytes { inode.write($0, at: offset) }
        }
        write(1, at: 0)
        write(2, at: 4)
        inode.syncHalf()
        write(3, at: 8)
        inode.sync()
        #expect(inode.bytes.flat == [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3])
        #expect(inode.durable.flat == [1, 1, 1, 1, 0, 0, 0, 0, 3, 3, 3, 3])
        var dice = DiskDice(seed: 1)
        inode.crash(.dropped, &dice)
        #expect(inode.bytes.flat == [1, 1, 1, 1, 0, 0, 0, 0, 3, 3, 3, 3])
    }
}
