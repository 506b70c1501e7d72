// What a simulated disk may do wrong, and when: at a counted operation, or by luck.

/// What a process asks of a disk.
package enum DiskOperation: Int, CaseIterable, Sendable {
    /// SQLite's own calls.
    case open, read, write, sync, truncate, size, lock, access, delete
    /// The store's calls beside SQLite (`StoreFiles`).
    case makeDirectory, makeFile, rename
}

/// One planned misbehaviour.
package struct DiskFault: Sendable, Equatable {
    package enum Effect: CaseIterable, Sendable {
        /// Nothing happens, an error is told.
        case refused
        /// A part happens, an error is told: the first half of a write; of a sync, the first half
        /// of what was written becomes durable and the rest never will, although it can still be
        /// read (Linux marks pages clean whose writing failed).
        case halfDone
        /// It happens, and an error is told.
        case doneButRefused
        /// Nothing happens, and success is told: a lost write, a sync that is none. Of a read,
        /// only the first half arrives, the rest is zeros.
        case lied
        /// The power is gone: nothing happens any more until `crash` decides what was durable.
        case powerCut
        /// As `powerCut`, after the operation has happened: nobody heard of it.
        case powerCutAfterwards
    }

    /// What it hits; nil: any operation.
    package var operation: DiskOperation?
    /// So many of these go well before.
    package var after: Int
    package var effect: Effect
    /// How many in a row are hit.
    package var times: Int

    package init(
        _ effect: Effect, of operation: DiskOperation? = nil, after: Int = 0, times: Int = 1
    ) {
        precondition(after >= 0 && times > 0, "a fault hits something, some time")
        self.effect = effect
        self.operation = operation
        self.after = after
        self.times = times
    }
}

/// Faults by luck.
package struct DiskLuck: Sendable {
    /// Of a thousand operations, so many are hit.
    package var perMille: Int
    /// Which operations; those of the others go well.
    package var operations: Set<DiskOperation>
    /// One of these happens, by luck.
    package var effects: [DiskFault.Effect]

    package init(
        perMille: Int, operations: Set<DiskOperation> = Set(DiskOperation.allCases),
        effects: [DiskFault.Effect] = [.refused, .halfDone, .doneButRefused]
    ) {
        precondition(!effects.isEmpty || perMille == 0, "luck has something to choose from")
        self.perMille = perMille
        self.operations = operations
        self.effects = effects
    }
}

/// What becomes of what was written and not synced when the power goes.
package enum DiskFate: Sendable, Equatable {
    /// All of it is there: also what the death of a process alone leaves.
    case kept
    /// Nothing of it is there.
    case dropped
    /// Each write is there, is not, or is there in part, sector by sector, whatever their order;
    /// of names, a first part of the changes is there (a journalling file system).
    case luck(seed: UInt64)
}

/// How an operation goes.
struct DiskCourse {
    enum Share { case none, half, all }
    /// How much of it happens.
    var share: Share
    /// Whether success is told.
    var isTold: Bool

    static let well = DiskCourse(share: .all, isTold: true)
    static let dead = DiskCourse(share: .none, isTold: false)

    init(share: Share, isTold: Bool) {
        self.share = share
        self.isTold = isTold
    }

    init(_ effect: DiskFault.Effect) {
        switch effect {
        case .refused, .powerCut: self.init(share: .none, isTold: false)
        case .halfDone: self.init(share: .half, isTold: false)
        case .doneButRefused, .powerCutAfterwards: self.init(share: .all, isTold: false)
        case .lied: self.init(share: .none, isTold: true)
        }
    }
}
