// Planted bugs. A checker that has never caught one proves nothing; each of these is a mistake that
// a worker could make, made at the seams (log, reader, disk, clock, settings), so that no planted bug
// is ever in the product.

/// A bug that the simulation must find.
package enum Canary: String, CaseIterable, Sendable {
    case offsetsOutsideTransaction = "offsets-outside-transaction"
}
