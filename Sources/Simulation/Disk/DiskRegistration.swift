// A disk as an sqlite3_vfs: C's tables of functions, filled with Swift's. They live as long as the
// disk; an open file keeps its disk alive.

import CSQLite
import Glibc

/// The tables of one disk. Written when it is made, only read afterwards.
final class DiskRegistration: @unchecked Sendable {
    let name: String
    private let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
    private let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
    private let context = UnsafeMutablePointer<DiskContext>.allocate(capacity: 1)

    init(name: String) { self.name = name }

    func register(_ disk: SimulatedDisk) {
        methods.initialize(to: DiskFile.methods())
        context.initialize(
            to: DiskContext(disk: Unmanaged.passUnretained(disk), methods: UnsafePointer(methods)))
        var table = sqlite3_vfs()
        table.iVersion = 2
        table.szOsFile = Int32(MemoryLayout<DiskFile>.size)
        table.mxPathname = 512
        table.zName = UnsafePointer(strdup(name))
        table.pAppData = UnsafeMutableRawPointer(context)
        DiskContext.fill(&table)
        vfs.initialize(to: table)
        let code = sqlite3_vfs_register(vfs, 0)
        precondition(code == SQLITE_OK, "SQLite takes a VFS of a new name")
    }

    /// No file is open any more.
    func remove() {
        sqlite3_vfs_unregister(vfs)
        free(UnsafeMutablePointer(mutating: vfs.pointee.zName))
        vfs.deallocate()
        methods.deallocate()
        context.deallocate()
    }
}

/// What every call on the VFS finds behind it.
struct DiskContext {
    let disk: Unmanaged<SimulatedDisk>
    let methods: UnsafePointer<sqlite3_io_methods>

    private static func of(_ vfs: UnsafeMutablePointer<sqlite3_vfs>?) -> DiskContext {
        vfs!.pointee.pAppData.assumingMemoryBound(to: DiskContext.self).pointee
    }

    private static func disk(_ vfs: UnsafeMutablePointer<sqlite3_vfs>?) -> SimulatedDisk {
        of(vfs).disk.takeUnretainedValue()
    }

    static func fill(_ table: inout sqlite3_vfs) {
        table.xOpen = { vfs, name, file, flags, outFlags in
            let context = DiskContext.of(vfs)
            let path = name.map { String(cString: $0) }
            let disk = context.disk.takeUnretainedValue()
            let opened = disk.with { $0.open(path, flags: flags) }
            let room = UnsafeMutableRawPointer(file!).assumingMemoryBound(to: DiskFile.self)
            guard opened.code == SQLITE_OK else {
                room.initialize(to: DiskFile(methods: nil, disk: nil, handle: 0))
                return opened.code
            }
            room.initialize(
                to: DiskFile(
                    methods: context.methods, disk: Unmanaged.passRetained(disk),
                    handle: opened.handle))
            outFlags?.pointee = flags
            return SQLITE_OK
        }
        table.xDelete = { vfs, name, syncsNames in
            let path = String(cString: name!)
            return DiskContext.disk(vfs).with { $0.delete(path, syncsNames: syncsNames != 0) }
        }
        table.xAccess = { vfs, name, _, answer in
            let path = String(cString: name!)
            let found = DiskContext.disk(vfs).with { $0.access(path) }
            answer?.pointee = found.isThere ? 1 : 0
            return found.code
        }
        table.xFullPathname = { _, name, room, out in
            let count = strlen(name!) + 1
            guard count <= Int(room) else { return SQLITE_CANTOPEN }
            memcpy(out!, name!, count)
            return SQLITE_OK
        }
        table.xRandomness = { vfs, count, out in
            DiskContext.disk(vfs).with { state in
                for index in 0..<Int(count) {
                    out![index] = CChar(truncatingIfNeeded: state.dice.next())
                }
            }
            return count
        }
        table.xSleep = { _, microseconds in microseconds }
        // No statement of ours asks SQLite for the time: it is an argument.
        table.xCurrentTime = { _, days in
            days?.pointee = 2_461_000
            return SQLITE_OK
        }
        table.xCurrentTimeInt64 = { _, milliseconds in
            milliseconds?.pointee = 2_461_000 * 86_400_000
            return SQLITE_OK
        }
        table.xGetLastError = { vfs, _, _ in DiskContext.disk(vfs).with { $0.systemError } }
    }
}
