// What a simulated disk holds: names, files, who has them open, and what goes wrong next. A value:
// a copy is an image of the disk at that moment.

/// Names of a disk. They change in order, and a power cut leaves a first part of the changes, as a
/// journalling file system does.
struct DiskNames: Sendable {
    enum Change: Sendable {
        case directory(String)
        case file(String, inode: Int)
        case rename(String, to: String)
        case delete(String)
    }

    private(set) var directories: Set<String> = []
    private(set) var files: [String: Int] = [:]

    mutating func apply(_ change: Change) {
        switch change {
        case .directory(let path): directories.insert(path)
        case .file(let path, let inode): files[path] = inode
        case .rename(let path, let other): files[other] = files.removeValue(forKey: path)
        case .delete(let path): files[path] = nil
        }
    }
}

/// One opening of one file.
struct DiskHandle: Sendable {
    let inode: Int
    /// The name it was opened by; nil for a file that has none.
    let path: String?
    let isDeletedOnClose: Bool
    /// SQLite's level: 0 none, 1 shared, 2 reserved, 3 pending, 4 exclusive.
    var lock: Int32 = 0
}

/// Everything there is on a disk.
struct DiskState: Sendable {
    var names = DiskNames()
    var durableNames = DiskNames()
    /// Changes of names since they were last made durable, oldest first.
    var journal: [DiskNames.Change] = []
    var inodes = DiskTable<DiskInode>()
    var handles = DiskTable<DiskHandle>()
    private var numbersGiven = 0

    var dice: DiskDice
    var planned: [DiskFault] = []
    var luck: DiskLuck?
    /// Nil: it is never full.
    var capacityBytes: Int?
    /// The power is gone: nothing happens until `crash`.
    var isOff = false
    /// Operations so far, by `DiskOperation.rawValue`.
    var counts = [Int](repeating: 0, count: DiskOperation.allCases.count)
    /// Operations so far that did not go well, as sentences.
    var faultsMet: [String] = []
    /// The last error as the system would number it.
    var systemError: Int32 = 0

    init(seed: UInt64) { dice = DiskDice(seed: seed) }

    /// A number that no file and no opening has had.
    mutating func number() -> Int {
        numbersGiven += 1
        return numbersGiven
    }

    /// Numbers of what an image holds are not given again.
    mutating func skipNumbers(to other: DiskState) {
        numbersGiven = max(numbersGiven, other.numbersGiven)
    }

    mutating func rename(_ change: DiskNames.Change) {
        names.apply(change)
        journal.append(change)
    }

    /// Names are durable; what nobody can reach any more is gone.
    mutating func flushNames() {
        guard !journal.isEmpty else { return }
        durableNames = names
        journal.removeAll()
        collect()
    }

    /// Drops files that have no name and are not open.
    mutating func collect() {
        var living = Set(names.files.values).union(durableNames.files.values)
        for handle in handles.values { living.insert(handle.inode) }
        for case .file(_, let inode) in journal { living.insert(inode) }
        inodes.keep { number, _ in living.contains(number) }
    }

    var usedBytes: Int { inodes.values.reduce(0) { $0 + $1.bytes.count } }

    /// Counts an operation on a file and says how it goes.
    mutating func course(of operation: DiskOperation, _ path: String?) -> DiskCourse {
        guard !isOff else { return .dead }
        guard let effect = effect(on: operation) else { return .well }
        return meet(effect, operation, path)
    }

    /// The same of an open file.
    mutating func course(of operation: DiskOperation, handle: Int) -> DiskCourse {
        guard !isOff else { return .dead }
        guard let effect = effect(on: operation) else { return .well }
        return meet(effect, operation, handles[handle]?.path)
    }

    private mutating func meet(
        _ effect: DiskFault.Effect, _ operation: DiskOperation, _ path: String?
    ) -> DiskCourse {
        faultsMet.append("\(operation) \(path ?? "a temporary file"): \(effect)")
        if effect == .powerCut || effect == .powerCutAfterwards { isOff = true }
        return DiskCourse(effect)
    }

    /// Counts an operation; nil when it goes well.
    private mutating func effect(on operation: DiskOperation) -> DiskFault.Effect? {
        counts[operation.rawValue] += 1
        var found: DiskFault.Effect?
        for index in planned.indices
        where planned[index].operation.map({ $0 == operation }) ?? true {
            if planned[index].after > 0 {
                planned[index].after -= 1
            } else if planned[index].times > 0 {
                planned[index].times -= 1
                found = found ?? planned[index].effect
            }
        }
        if found == nil, let luck, luck.perMille > 0, luck.operations.contains(operation),
            dice.roll(1000) < luck.perMille
        {
            found = luck.effects[dice.roll(luck.effects.count)]
        }
        return found
    }

    /// The power goes, or only the processes die, and what is left is what comes back.
    mutating func crash(_ fate: DiskFate) {
        // Only luck rolls, and with dice of its own.
        var dice = DiskDice(seed: 0)
        if case .luck(let seed) = fate { dice = DiskDice(seed: seed) }
        crash(fate, &dice)
    }

    private mutating func crash(_ fate: DiskFate, _ dice: inout DiskDice) {
        isOff = false
        handles.removeAll()
        let kept =
            switch fate {
            case .kept: journal.count
            case .dropped: 0
            case .luck: dice.roll(journal.count + 1)
            }
        for change in journal.prefix(kept) { durableNames.apply(change) }
        names = durableNames
        journal.removeAll()
        collect()
        for inode in inodes.numbers.sorted() { inodes.change(inode) { $0.crash(fate, &dice) } }
    }
}
