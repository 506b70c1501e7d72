// A task's file whose every sum is right, for the product itself wrote it, and whose content is
// what nobody would write:
//
//     row KEY VALUE             a row (without a value: removed)
//     head VALUE                the task's head
//     see TOPIC MS ID CONTENT   a sighting, at that append time
//     block TOPIC BUCKET BYTES  a block as it stands
//     rollback | commit | reopen
//
// What was seen and committed must be known after the file was opened again.

import Digests
import EventModel
import Store

/// Writes and reads back.
final class StateRowEntry: FuzzEntry {
    private let space = Workspace()
    private static let linesMax = 64

    private var store: TaskStore?
    private var rows: [RowChange] = []
    private var head: [UInt8]?
    private var blocks: [SightingBlock] = []

    func run(_ input: ByteView) {
        space.clear()
        (rows, head, blocks) = ([], nil, [])
        var window = DedupeWindow(topic: .mesExecution)
        open()
        TextLine.forEach(in: input, max: Self.linesMax) { line in
            var line = line
            switch line.word() {
            case "row":
                let key = line.word()
                rows.append(
                    RowChange(key: key, value: line.bytes.isEmpty ? nil : Array(line.bytes)))
            case "head": head = Array(line.bytes)
            case "see": see(&line, in: &window)
            case "block":
                let topic = Topic(name: line.word()) ?? .mesExecution
                blocks.append(
                    SightingBlock(topic: topic, bucket: line.number(), bytes: Array(line.bytes)))
            case "rollback": window.rollback()
            case "commit": commit(&window)
            case "reopen": reopen(&window)
            default: break
            }
        }
        commit(&window)
        reopen(&window)
        store?.close()
        store = nil
    }

    private func open() {
        do throws(StoreError) {
            store = try TaskStore.open(directory: space.path, identity: BaseFiles.identity)
        } catch { Finding.stop("a file of ours is refused: \(error)") }
    }

    private func see(_ line: inout TextLine, in window: inout DedupeWindow) {
        _ = line.word()
        let time = Instant(milliseconds: line.number())
        let id = line.word()
        let content = line.word()
        _ = window.see(
            identity: Self.fingerprint(id), content: Self.fingerprint(content), appendTime: time)
    }

    private static func fingerprint(_ text: String) -> Fingerprint {
        var text = text
        return text.withUTF8 { Fingerprinter.of(ByteView($0)) }
    }

    private func commit(_ window: inout DedupeWindow) {
        guard let store else { return }
        do throws(StoreError) {
            try store.commit(
                rows: rows, head: head, changelogNext: store.changelogNext ?? Offset(0),
                savedAt: BaseFiles.now, sightings: window.takePending() + blocks,
                dropSightingsBelow: [(.mesExecution, window.lowestLiveBucket)])
        } catch { Finding.stop("writing: \(error)") }
        (rows, head) = ([], nil)
    }

    /// Closes and opens; what is known must still be, unless a block of the input's own is damaged.
    private func reopen(_ window: inout DedupeWindow) {
        window.rollback()
        store?.close()
        store = nil
        open()
        guard let store else { return }
        var restored = DedupeWindow(topic: .mesExecution, clock: window.clock)
        do throws(StoreError) {
            var cursor = try store.rows()
            while let (key, value) = try cursor.next() { _ = key.count + value.count }
            try store.load(into: &restored)
        } catch {
            Finding.require(
                error.reaction == .setAside && !blocks.isEmpty, "reading back: \(error)")
            self.store?.close()
            self.store = nil
            return
        }
        Finding.require(
            restored.count == window.count || !blocks.isEmpty,
            "\(window.count) ids known, \(restored.count) read back")
    }
}
