// A row of state or a signal that cannot be taken as it is. The shell surrenders the partition by
// name: going on with half a state would be deciding from nothing.

/// Why a row (or a record of holdfast.signals) could not be read.
package enum StateRowError: Error, Equatable, Sendable {
    /// Written by a newer worker; rolling upgrades share the changelog (docs/design.md).
    case newerVersion(key: String, version: Int64)
    /// Not what this worker writes: corrupt, or somebody else's.
    case malformed(key: String, detail: String)
}
