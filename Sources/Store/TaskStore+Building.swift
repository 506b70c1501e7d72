// A state read back whole: its file is built without a journal and without waiting for the disk,
// which writes each page once instead of twice. What makes that safe is one word in the file,
// `closing.clean`:
//
//   1. the word becomes `building` and is on the disk before the first page is written without a
//      journal;
//   2. it stays until a checkpoint has brought everything to the disk, some time later, when the
//      system has written most of it anyway, or when the file is closed in order;
//   3. a file that still says it when it is opened (killed, or no power) is thrown away: Kafka has
//      all of it, and reading it again takes seconds.
//
// Without the word, a page that was on the disk half filled when the power went could pass for a
// whole one: every row in it matches its sum, only some are missing.

package import EventModel

/// How a file was left; the values of `closing.clean`.
enum Closing: Int64 {
    /// Open, or left without order: every page is checked at the next opening.
    case open = 0
    case inOrder = 1
    /// Built without a journal and not yet on the disk for certain.
    case building = 2
    /// The same, while it is being brought there.
    case syncing = 3

    /// Whether the file may lack rows without a sign of it.
    var isBuilding: Bool { self == .building || self == .syncing }
}

extension TaskStore {
    /// After so long the system has written what was not waited for (it begins after 30 s).
    static let buildingSeconds: Int64 = 60

    /// Writes the whole state of a task into a store that was never written to.
    /// - Parameter rows: arranged.
    /// - Throws: whatever is thrown, this store is used up, and the next opening begins anew.
    package func build(_ rows: RowSlab, changelogNext: Offset, savedAt: Instant) throws(StoreError)
    {
        precondition(meta.changelogNext == nil, "only a store without rows is built")
        try note(.building)
        // Leaving WAL mode brings the word to the disk.
        try Self.setJournal("delete", of: connection)
        try Self.setJournal("off", of: connection)
        try connection.execute("PRAGMA synchronous=OFF")
        try restore(rows, head: nil, changelogNext: changelogNext, savedAt: savedAt)
        try Self.setJournal("wal", of: connection)
        try connection.execute("PRAGMA synchronous=NORMAL")
        builtAt = savedAt
    }

    /// What was built is on the disk when this returns; nothing to do for a store that was not.
    func bringToDisk() throws(StoreError) {
        guard builtAt != nil else { return }
        // A checkpoint syncs the file, hence the pages of the build, when it has a page to bring
        // there: another word makes sure of one (the same word again would write nothing).
        try note(.syncing)
        try connection.checkpoint("TRUNCATE")
        builtAt = nil
    }

    func note(_ closing: Closing) throws(StoreError) {
        try connection.execute("UPDATE closing SET clean = \(closing.rawValue)")
    }

    static func setJournal(_ mode: String, of connection: StoreConnection) throws(StoreError) {
        let statement = try connection.prepare("PRAGMA journal_mode=\(mode)")
        guard try statement.step(), statement.text(0) == mode else {
            throw .damaged("open", path: connection.path, "it cannot be switched to \(mode)")
        }
    }
}
