// policy.yaml: read, written canonically (as the first batch under it carries it), read back and
// compared, for `verify` must decide under the very same policy; then a shift is decided under it.

import Configuration
import Contracts
import Decisions
import EventModel

/// Reads policies and works under them.
final class PolicyEntry: FuzzEntry {
    private let shift: DecisionRun
    private static let records = FuzzSamples.shift

    init() throws { shift = try DecisionRun() }

    func run(_ input: ByteView) {
        let policy: Policy
        do throws(ConfigurationError) {
            policy = try PolicyFile.policy(Array(input), file: "policy.yaml", limits: Limits())
        } catch {
            _ = error.description
            return
        }
        let text = policy.canonicalJSON
        do throws(ConfigurationError) {
            let again = try PolicyFile.policy(
                Array(text.utf8), file: "canonical", limits: Limits())
            Finding.require(
                again.canonicalJSON == text && again.digest == policy.digest,
                "a policy read back from its canonical text is another one: \(text)")
        } catch {
            Finding.stop("a policy's canonical text is refused: \(error.description): \(text)")
        }
        Self.records.withUnsafeBytes { shift.decide($0, policy: policy) }
    }
}
