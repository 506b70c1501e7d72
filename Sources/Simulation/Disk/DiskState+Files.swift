// What SQLite's calls and the store's own do to the state of a disk. Answers are SQLite's codes or
// errnos.

import CSQLite
import Glibc

extension DiskState {
    /// Opens a file and answers its handle, or the code of the failure.
    mutating func open(_ path: String?, flags: Int32) -> (handle: Int, code: Int32) {
        let course = course(of: .open, path)
        guard course.share == .all else { return (0, fail(EIO, SQLITE_CANTOPEN)) }
        let isTemporary = flags & SQLITE_OPEN_DELETEONCLOSE != 0
        let inode: Int
        if let path, let found = names.files[path] {
            inode = found
        } else {
            guard path == nil || flags & SQLITE_OPEN_CREATE != 0 else {
                return (0, fail(ENOENT, SQLITE_CANTOPEN))
            }
            inode = number()
            inodes.add(DiskInode(), inode)
            if let path { rename(.file(path, inode: inode)) }
        }
        guard course.isTold else { return (0, fail(EIO, SQLITE_CANTOPEN)) }
        let handle = number()
        handles.add(
            DiskHandle(inode: inode, path: path, isDeletedOnClose: isTemporary), handle)
        return (handle, SQLITE_OK)
    }

    mutating func close(_ handle: Int) {
        guard let closed = handles.remove(handle) else { return }
        if closed.isDeletedOnClose, let path = closed.path { rename(.delete(path)) }
        let isNamed =
            names.files.values.contains(closed.inode)
            || durableNames.files.values.contains(closed.inode)
        if !isNamed { collect() }
    }

    /// Reads; what lies behind the end is zeros, and told.
    mutating func read(
        _ handle: Int, into room: UnsafeMutableRawBufferPointer, at offset: Int
    ) -> Int32 {
        guard let inode = inode(handle) else { return fail(EIO, DiskErrorCode.read) }
        let course = course(of: .read, handle: handle)
        guard course.isTold else { return fail(EIO, DiskErrorCode.read) }
        let wanted = course.share == .all ? room.count : room.count / 2
        let there = inodes.ask(inode) { inode in
            let count = max(0, min(wanted, inode.bytes.count - offset))
            if count > 0 {
                inode.bytes.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: room[..<count]), at: offset)
            }
            return count
        }
        let count = there ?? 0
        if count < room.count { memset(room.baseAddress! + count, 0, room.count - count) }
        // A lie is told as success.
        return count == room.count || course.share != .all ? SQLITE_OK : DiskErrorCode.shortRead
    }

    mutating func write(_ handle: Int, _ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int32 {
        guard let inode = inode(handle) else { return fail(EIO, DiskErrorCode.write) }
        let course = course(of: .write, handle: handle)
        var count = bytes.count
        switch course.share {
        case .none: count = 0
        case .half: count /= 2
        case .all: break
        }
        if let capacityBytes, let size = size(inode: inode) {
            let room = max(0, capacityBytes - usedBytes)
            let fitting = min(count, max(0, size + room - offset))
            if fitting < count {
                put(bytes, count: fitting, at: offset, into: inode)
                return fail(ENOSPC, SQLITE_FULL)
            }
        }
        put(bytes, count: count, at: offset, into: inode)
        return course.isTold ? SQLITE_OK : fail(EIO, DiskErrorCode.write)
    }

    private mutating func put(
        _ bytes: UnsafeRawBufferPointer, count: Int, at offset: Int, into inode: Int
    ) {
        guard count > 0 else { return }
        inodes.change(inode) {
            $0.write(UnsafeRawBufferPointer(rebasing: bytes[..<count]), at: offset)
        }
    }

    mutating func truncate(_ handle: Int, to count: Int) -> Int32 {
        guard let inode = inode(handle) else { return fail(EIO, DiskErrorCode.truncate) }
        let course = course(of: .truncate, handle: handle)
        if course.share == .all { inodes.change(inode) { $0.truncate(to: count) } }
        return course.isTold ? SQLITE_OK : fail(EIO, DiskErrorCode.truncate)
    }

    /// A file's sync makes names durable too: it commits the file system's journal.
    mutating func sync(_ handle: Int) -> Int32 {
        guard let inode = inode(handle) else { return fail(EIO, DiskErrorCode.sync) }
        let course = course(of: .sync, handle: handle)
        switch course.share {
        case .none: break
        case .half: inodes.change(inode) { $0.syncHalf() }
        case .all:
            inodes.change(inode) { $0.sync() }
            flushNames()
        }
        return course.isTold ? SQLITE_OK : fail(EIO, DiskErrorCode.sync)
    }

    mutating func size(_ handle: Int) -> (bytes: Int, code: Int32) {
        guard let inode = inode(handle), course(of: .size, handle: handle).isTold else {
            return (0, fail(EIO, DiskErrorCode.size))
        }
        return (size(inode: inode) ?? 0, SQLITE_OK)
    }

    mutating func lock(_ handle: Int, _ level: Int32) -> Int32 {
        let held = handles.ask(handle) { (lock: $0.lock, inode: $0.inode) }
        guard let held, course(of: .lock, handle: handle).isTold else {
            return fail(EIO, DiskErrorCode.lock)
        }
        guard held.lock < level else { return SQLITE_OK }
        let others = strongestOther(than: handle, of: held.inode)
        switch level {
        case SQLITE_LOCK_SHARED:
            guard others < SQLITE_LOCK_PENDING else { return SQLITE_BUSY }
        case SQLITE_LOCK_RESERVED:
            guard others < SQLITE_LOCK_RESERVED else { return SQLITE_BUSY }
        default:
            guard others < SQLITE_LOCK_RESERVED else { return SQLITE_BUSY }
            guard others == SQLITE_LOCK_NONE else {
                handles.change(handle) { $0.lock = SQLITE_LOCK_PENDING }
                return SQLITE_BUSY
            }
        }
        handles.change(handle) { $0.lock = level }
        return SQLITE_OK
    }

    mutating func unlock(_ handle: Int, _ level: Int32) -> Int32 {
        handles.change(handle) { $0.lock = min($0.lock, level) }
        return SQLITE_OK
    }

    func isReserved(_ handle: Int) -> Bool {
        guard let own = handles[handle] else { return false }
        return max(own.lock, strongestOther(than: handle, of: own.inode)) >= SQLITE_LOCK_RESERVED
    }

    private func strongestOther(than handle: Int, of inode: Int) -> Int32 {
        var strongest: Int32 = 0
        for index in handles.numbers.indices
        where handles.numbers[index] != handle && handles.values[index].inode == inode {
            strongest = max(strongest, handles.values[index].lock)
        }
        return strongest
    }

    mutating func delete(_ path: String, syncsNames: Bool) -> Int32 {
        let course = course(of: .delete, path)
        if course.share == .all {
            guard names.files[path] != nil else { return fail(ENOENT, DiskErrorCode.deleteMissing) }
            rename(.delete(path))
            if syncsNames { flushNames() }
        }
        return course.isTold ? SQLITE_OK : fail(EIO, DiskErrorCode.delete)
    }

    /// Whether a file is there. An empty one is not, as SQLite's own VFS has it.
    mutating func access(_ path: String) -> (isThere: Bool, code: Int32) {
        guard course(of: .access, path).isTold else {
            return (false, fail(EIO, DiskErrorCode.access))
        }
        return (size(of: path) ?? 0 > 0, SQLITE_OK)
    }

    func size(of path: String) -> Int? {
        isOff ? nil : names.files[path].flatMap { size(inode: $0) }
    }

    private func size(inode: Int) -> Int? { inodes.ask(inode) { $0.bytes.count } }

    private func inode(_ handle: Int) -> Int? { handles.ask(handle) { $0.inode } }

    private mutating func fail(_ error: Int32, _ code: Int32) -> Int32 {
        systemError = error
        return code
    }
}

extension DiskState {
    mutating func makeDirectory(_ path: String) -> Int32 {
        let course = course(of: .makeDirectory, path)
        if course.share == .all, !names.directories.contains(path) { rename(.directory(path)) }
        return course.isTold ? 0 : EIO
    }

    mutating func makeFile(_ path: String) -> Int32 {
        guard !isOff else { return EIO }
        let parent = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
        guard names.directories.contains(String(parent)) else { return ENOENT }
        let course = course(of: .makeFile, path)
        if course.share == .all, names.files[path] == nil {
            let inode = number()
            inodes.add(DiskInode(), inode)
            rename(.file(path, inode: inode))
        }
        return course.isTold ? 0 : EIO
    }

    mutating func remove(_ path: String) -> Int32 {
        let course = course(of: .remove, path)
        if course.share == .all {
            guard names.files[path] != nil else { return ENOENT }
            rename(.delete(path))
        }
        return course.isTold ? 0 : EIO
    }

    mutating func move(_ path: String, to other: String) -> Int32 {
        let course = course(of: .rename, path)
        if course.share == .all {
            guard names.files[path] != nil else { return ENOENT }
            rename(.rename(path, to: other))
        }
        return course.isTold ? 0 : EIO
    }
}
