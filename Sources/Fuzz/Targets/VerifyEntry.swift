// `holdfast verify` over a log that was changed afterwards: it names what differs, or refuses by
// name; it never waits for what is not there.

import Configuration
import Decisions
import EventLog
import EventModel
import Worker

/// Verifies changed logs (the edits are `LogEdit`'s).
final class VerifyEntry: FuzzEntry {
    private let base: BaseFiles
    private let space = Workspace()

    init() throws {
        base = try BaseFiles()
        space.write(base.log, to: "log.sqlite")
        let report = try Self.verify(space.path)
        precondition(report?.differences == [], "an untouched log is proven")
    }

    func run(_ input: ByteView) {
        space.clear()
        space.write(base.log, to: "log.sqlite")
        LogEdit.apply(input, to: space.path + "/log.sqlite")
        do throws(WorkerError) { _ = try Self.verify(space.path) } catch { _ = error.description }
    }

    static func verify(_ directory: String) throws(WorkerError) -> VerificationReport? {
        let verification = Verification(
            deployment: BaseFiles.deployment, limits: Limits(),
            makeReader: { () throws(LogError) in try LocalLogReader(directory: directory) },
            policyOf: {
                try? PolicyFile.policy(Array($0.utf8), file: "policyText", limits: Limits())
            })
        return try verification.run { _ in true }
    }
}
