// A local log's file with damage in it.

import EventModel

/// Opens, reads and writes damaged logs.
final class LogFileEntry: FuzzEntry {
    private let base: BaseFiles
    private let space = Workspace()

    init() throws { base = try BaseFiles() }

    func run(_ input: ByteView) {
        space.clear()
        var file = base.log
        BytePatch.apply(input, to: &file)
        space.write(file, to: "log.sqlite")
        LogUse.all(space.path)
    }
}
