// A worker that starts on a log in which somebody else's records stand: inputs, and also what only
// workers write (changelog, batch records, signals). The first byte of an input says whether the
// worker has its state file (`f`) or must read everything back.

import EventLog
import EventModel
import Worker

/// Starts workers.
final class RestartEntry: FuzzEntry {
    private let base: BaseFiles
    private let space = Workspace()

    init() throws { base = try BaseFiles() }

    func run(_ input: ByteView) {
        space.clear()
        space.write(base.log, to: "log.sqlite")
        let first = input.first ?? 0
        // In upper case: the group's offsets have expired.
        if first & 0x20 == 0 { LogEdit.forgetGroup(in: space.path + "/log.sqlite") }
        if first | 0x20 == 0x66 {
            space.makeDirectory("state")
            space.write(base.state, to: "state/task-0.sqlite")
        }
        do {
            let writer = try LocalLogWriter(directory: space.path, clock: { BaseFiles.now })
            try BaseFiles.write(ByteView(rebasing: input.dropFirst()), max: 16, to: writer)
            writer.close()
            try BaseFiles.work(on: space.path)
            // What it decided, it decides again.
            try BaseFiles.work(on: space.path, state: "/other")
        } catch let error as WorkerError {
            _ = error.description
        } catch { Finding.stop("an error without a name: \(error)") }
    }
}
