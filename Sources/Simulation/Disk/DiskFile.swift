// An open file of a simulated disk as SQLite holds it, and the functions it calls on it.

import CSQLite

/// What lies in the memory that SQLite gives to each open file; `methods` comes first, for SQLite
/// reads it.
struct DiskFile {
    var methods: UnsafePointer<sqlite3_io_methods>?
    /// Retained while the file is open.
    var disk: Unmanaged<SimulatedDisk>?
    var handle: Int

    private static func of(_ file: UnsafeMutablePointer<sqlite3_file>?) -> (SimulatedDisk, Int) {
        let own = UnsafeMutableRawPointer(file!).assumingMemoryBound(to: DiskFile.self).pointee
        return (own.disk!.takeUnretainedValue(), own.handle)
    }

    /// Without shared memory and memory maps: the store uses neither.
    static func methods() -> sqlite3_io_methods {
        var table = sqlite3_io_methods()
        table.iVersion = 1
        fillContents(&table)
        fillLocks(&table)
        table.xClose = { file in
            let (disk, handle) = DiskFile.of(file)
            disk.with { $0.close(handle) }
            let room = UnsafeMutableRawPointer(file!).assumingMemoryBound(to: DiskFile.self)
            room.pointee.disk?.release()
            room.pointee = DiskFile(methods: nil, disk: nil, handle: 0)
            return SQLITE_OK
        }
        table.xFileControl = { _, _, _ in SQLITE_NOTFOUND }
        // As SQLite's own VFS answers on Linux.
        table.xSectorSize = { _ in 4096 }
        table.xDeviceCharacteristics = { _ in SQLITE_IOCAP_POWERSAFE_OVERWRITE }
        return table
    }

    private static func fillContents(_ table: inout sqlite3_io_methods) {
        table.xRead = { file, room, count, offset in
            let (disk, handle) = DiskFile.of(file)
            let room = UnsafeMutableRawBufferPointer(start: room, count: Int(count))
            return disk.with { $0.read(handle, into: room, at: Int(offset)) }
        }
        table.xWrite = { file, bytes, count, offset in
            let (disk, handle) = DiskFile.of(file)
            let bytes = UnsafeRawBufferPointer(start: bytes, count: Int(count))
            return disk.with { $0.write(handle, bytes, at: Int(offset)) }
        }
        table.xTruncate = { file, count in
            let (disk, handle) = DiskFile.of(file)
            return disk.with { $0.truncate(handle, to: Int(count)) }
        }
        table.xSync = { file, _ in
            let (disk, handle) = DiskFile.of(file)
            return disk.with { $0.sync(handle) }
        }
        table.xFileSize = { file, answer in
            let (disk, handle) = DiskFile.of(file)
            let found = disk.with { $0.size(handle) }
            answer?.pointee = sqlite3_int64(found.bytes)
            return found.code
        }
    }

    private static func fillLocks(_ table: inout sqlite3_io_methods) {
        table.xLock = { file, level in
            let (disk, handle) = DiskFile.of(file)
            return disk.with { $0.lock(handle, level) }
        }
        table.xUnlock = { file, level in
            let (disk, handle) = DiskFile.of(file)
            return disk.with { $0.unlock(handle, level) }
        }
        table.xCheckReservedLock = { file, answer in
            let (disk, handle) = DiskFile.of(file)
            answer?.pointee = disk.with { $0.isReserved(handle) } ? 1 : 0
            return SQLITE_OK
        }
    }
}
