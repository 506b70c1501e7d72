// The headers that a dead letter has besides its own (catalogue, Dead letters). The raw values are
// documented names; docs/dead-letters.md lists them, a test compares.

/// A header that we add to a refused record.
package enum DeadLetterHeader: String, CaseIterable, Sendable {
    /// The code: a raw value of `RejectionReason`.
    case reason = "hf_reason"
    /// What was wrong with this record, for people.
    case detail = "hf_detail"
    /// The topic it was refused from, by its name in the contract (without a prefix).
    case topic = "hf_topic"
    /// Its partition, decimal.
    case partition = "hf_partition"
    /// Its offset, decimal.
    case offset = "hf_offset"
    /// The task that refused it, decimal.
    case task = "hf_task"
    /// The version of Holdfast that refused it.
    case version = "hf_version"
}
