// What the rows and sightings of a file belong to. Written in the same transaction as they are,
// always.

import EventModel

/// The position of a task's file.
struct TaskMeta: Equatable {
    /// The head of the task as in holdfast.state, canonical JSON; nil before the first batch.
    var head: [UInt8]?
    /// The next offset of the task's partition of holdfast.state to roll forward from.
    var changelogNext: Offset?
    /// When that was written: an old file must be rebuilt (tombstones may be gone from the
    /// changelog).
    var savedAt: Instant?
    /// The next number of a block of sightings.
    var sightingNext: Int64 = 0

    private var sum: Int64 {
        var sum = Checksum()
        sum.add(head == nil ? 0 : 1)
        (head ?? []).withUnsafeBytes { sum.add($0) }
        sum.add(UInt64(bitPattern: changelogNext?.rawValue ?? -1))
        sum.add(savedAt == nil ? 0 : 1)
        sum.add(UInt64(bitPattern: savedAt?.rawValue ?? 0))
        sum.add(UInt64(bitPattern: sightingNext))
        return sum.value
    }

    static let writeSQL = "INSERT OR REPLACE INTO meta VALUES(0, ?, ?, ?, ?, ?)"

    func write(with statement: borrowing Statement) throws(StoreError) {
        try statement.bind(2, changelogNext?.rawValue)
        try statement.bind(3, savedAt?.rawValue)
        try statement.bind(4, sightingNext)
        try statement.bind(5, sum)
        guard let head else {
            try statement.bind(1, Int64?.none)
            return try statement.run()
        }
        try withBytes(of: head) { (view) throws(StoreError) in
            try statement.bind(1, view)
            try statement.run()
        }
    }

    func write(to connection: StoreConnection) throws(StoreError) {
        try write(with: try connection.prepare(Self.writeSQL))
    }

    /// Throws (setAside) when the row is missing or damaged.
    static func read(from connection: StoreConnection) throws(StoreError) -> TaskMeta {
        let statement = try connection.prepare(
            "SELECT head, changelogNext, savedAt, sightingNext, sum FROM meta WHERE id = 0")
        guard try statement.step() else {
            throw .damaged("open", path: connection.path, "it has no position")
        }
        var meta = TaskMeta()
        if !statement.isNull(0) { meta.head = Array(statement.bytes(0)) }
        if !statement.isNull(1), statement.integer(1) >= 0 {
            meta.changelogNext = Offset(statement.integer(1))
        }
        if !statement.isNull(2) { meta.savedAt = Instant(rawValue: statement.integer(2)) }
        meta.sightingNext = statement.integer(3)
        guard statement.integer(4) == meta.sum else {
            throw .damaged("open", path: connection.path, "its position does not match its sum")
        }
        return meta
    }
}

/// `withUnsafeBytes` with a typed error.
func withBytes(
    of bytes: [UInt8], _ body: (ByteView) throws(StoreError) -> Void
) throws(StoreError) {
    let result = bytes.withUnsafeBytes { (view) -> Result<Void, StoreError> in
        do throws(StoreError) {
            return .success(try body(view))
        } catch {
            return .failure(error)
        }
    }
    try result.get()
}
