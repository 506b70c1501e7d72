// A disk in memory under real SQLite: what was written and not synced may be lost when the power
// goes, any operation may fail, and what fails may have happened. One disk is one sqlite3_vfs of
// its own name; several may be used on several threads.

import CSQLite
import Glibc
import Store
import Synchronization

/// Put it into `WorkerSettings.files` (or `TaskStore.open(files:)`): everything the store does then
/// happens here.
package final class SimulatedDisk: StoreFiles, Sendable {
    /// An image of a disk, unsynced writes included.
    package struct Image: Sendable {
        var state: DiskState
    }

    private let state: Mutex<DiskState>
    private let registration: DiskRegistration

    private static let disksMade = Atomic<UInt64>(0)

    /// A disk without faults and with nothing on it; luck comes from the seed alone.
    package init(seed: UInt64 = 0) {
        state = Mutex(DiskState(seed: seed))
        let number = Self.disksMade.add(1, ordering: .relaxed).newValue
        registration = DiskRegistration(name: "simulated-\(number)")
        registration.register(self)
    }

    deinit { registration.remove() }

    package var vfs: String? { registration.name }

    func with<Result>(_ body: (inout DiskState) -> sending Result) -> sending Result {
        state.withLock { body(&$0) }
    }

    // MARK: - What the store asks beside SQLite

    package func makeDirectory(_ path: String) -> Int32 { with { $0.makeDirectory(path) } }
    package func makeFile(_ path: String) -> Int32 { with { $0.makeFile(path) } }
    package func rename(_ path: String, to other: String) -> Int32 {
        with { $0.move(path, to: other) }
    }
    package func size(of path: String) -> Int? { with { $0.size(of: path) } }

    // MARK: - Faults

    /// Adds a planned fault; it counts from now.
    package func plan(_ fault: DiskFault) { with { $0.planned.append(fault) } }

    /// Faults by luck from now on; nil: none.
    package func setLuck(_ luck: DiskLuck?) { with { $0.luck = luck } }

    /// The disk holds so many bytes; nil: it is never full.
    package func setCapacity(bytes: Int?) { with { $0.capacityBytes = bytes } }

    /// Nothing goes wrong from now on; what did go wrong stays so.
    package func heal() {
        with {
            $0.planned.removeAll()
            $0.luck = nil
            $0.capacityBytes = nil
        }
    }

    /// Bytes in all files.
    package var usedBytes: Int { with { $0.usedBytes } }

    /// Operations so far.
    package func count(of operation: DiskOperation) -> Int {
        with { $0.counts[operation.rawValue] }
    }

    /// Operations of all kinds so far.
    package var operations: Int { with { $0.counts.reduce(0, +) } }

    /// Operations so far that did not go well: which, on what, and how; for the report of a seed.
    package var faultsMet: [String] { with { $0.faultsMet } }

    /// A planned power cut has come: nothing happens until `crash`.
    package var isOff: Bool { with { $0.isOff } }
}
