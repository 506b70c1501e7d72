// What happens to a whole disk between two lives of the processes that use it.

extension SimulatedDisk {
    /// The power goes, and comes back: openings and locks are gone (whoever still has a file open
    /// gets errors), what was not synced has the fate given. With `.kept`, only the processes die.
    package func crash(_ fate: DiskFate) { with { $0.crash(fate) } }

    /// The process whose files lie under a directory dies: its openings are dead, its locks free,
    /// nothing is lost.
    package func kill(directory: String) {
        with { state in
            state.handles.keep { _, handle in !(handle.path?.hasPrefix(directory + "/") ?? true) }
            state.collect()
        }
    }

    /// Another disk in its place, with nothing on it.
    package func wipe() {
        with { state in
            state.crash(.dropped)
            state.names = DiskNames()
            state.durableNames = DiskNames()
            state.collect()
        }
    }

    /// The disk as it is now, unsynced writes included.
    package func snapshot() -> Image { with { Image(state: $0) } }

    /// What was on the disk at an earlier time is on it again; openings are dead. Faults, luck and
    /// counters stay those of now.
    /// - Parameter isSynced: also what was not synced then is durable: a backup put back.
    package func restore(_ image: Image, isSynced: Bool = true) {
        with { state in
            state.handles.removeAll()
            state.names = image.state.names
            state.durableNames = image.state.durableNames
            state.journal = image.state.journal
            state.inodes = image.state.inodes
            state.skipNumbers(to: image.state)
            state.isOff = false
            state.collect()
            if isSynced { state.crash(.kept) }
        }
    }

    /// The names of all files.
    package var names: [String] { with { $0.names.files.keys.sorted() } }

    /// The contents of a file as a reader sees them; nil when there is none.
    package func bytes(of path: String) -> [UInt8]? {
        with { state in state.names.files[path].flatMap { state.inodes[$0]?.bytes.flat } }
    }

    /// Decay: some bytes of one file are others now, durably. Answers what was done, for the
    /// report of a seed; nil when there is nothing to damage.
    package func corrupt(seed: UInt64) -> String? {
        with { state in
            var dice = DiskDice(seed: seed)
            let files = state.names.files.sorted { $0.key < $1.key }
                .filter { state.inodes[$0.value]?.bytes.isEmpty == false }
            guard !files.isEmpty else { return nil }
            let (path, inode) = files[dice.roll(files.count)]
            let decay = DiskDecay.allCases[dice.roll(DiskDecay.allCases.count)]
            state.inodes.change(inode) { $0.decay { decay.change(&$0, &dice) } }
            return "\(path): \(decay)"
        }
    }
}

/// How a file decays.
enum DiskDecay: CaseIterable {
    case flippedBit, zeroedPage, noise, truncated

    func change(_ bytes: inout [UInt8], _ dice: inout DiskDice) {
        let at = dice.roll(bytes.count)
        switch self {
        case .flippedBit: bytes[at] ^= 1 << UInt8(dice.roll(8))
        case .zeroedPage:
            let start = at / 4096 * 4096
            for index in start..<min(bytes.count, start + 4096) { bytes[index] = 0 }
        case .noise:
            for index in at..<min(bytes.count, at + DiskInode.sectorBytes) {
                bytes[index] = UInt8(truncatingIfNeeded: dice.next())
            }
        case .truncated: bytes.removeLast(bytes.count - at)
        }
    }
}
