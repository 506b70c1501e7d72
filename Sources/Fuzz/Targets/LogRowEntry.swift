// A local log whose rows somebody has changed.

import EventModel

/// Uses logs with rows that nobody would write.
final class LogRowEntry: FuzzEntry {
    private let base: BaseFiles
    private let space = Workspace()

    init() throws { base = try BaseFiles() }

    func run(_ input: ByteView) {
        space.clear()
        space.write(base.log, to: "log.sqlite")
        LogEdit.apply(input, to: space.path + "/log.sqlite")
        LogUse.all(space.path)
    }
}
