// State of a task as rows: the unit of the changelog, of the store and of a dump.

/// One change of state. Key and value are what holdfast.state carries (without the task's number,
/// which the shell puts before the key).
package struct RowChange: Equatable, Sendable {
    /// e.g. `lot/L-4711`, `hold/lot/L-4711/<holdId>`, `timer/<instant>/<offset>`; UTF-8.
    package var key: String
    /// Canonical JSON with a version `v`; nil removes the row (a tombstone in the changelog).
    package var value: [UInt8]?
    package init(key: String, value: [UInt8]?) {
        self.key = key
        self.value = value
    }
}
