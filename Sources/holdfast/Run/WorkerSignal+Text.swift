// Named signals as lines: for people, or as JSON for machines.

import EventModel
import Worker

extension WorkerSignal {
    /// How loud it is.
    enum Level: String { case debug, info, warning, error }

    var level: Level {
        switch self {
        case .batchCommitted: .debug
        case .threadStarted, .taskAssigned, .taskRestored, .taskRevoked, .taskReleased, .draining,
            .stopped:
            .info
        case .recordRefused, .taskLost, .recordsLost, .dedupeWindowIncomplete, .stateFileSetAside,
            .stateFileRebuilt, .clockImplausible, .commitRepeated, .commitOutcomeUnknown,
            .partitionsSurrendered, .logRetry, .storeReopened, .joinedAgain:
            .warning
        case .clientLine(let level, _): level <= 3 ? .warning : .info
        case .failed: .error
        }
    }

    /// One sentence for people.
    var sentence: String {
        switch self {
        case .threadStarted(let thread, let log): "thread \(thread) reads \(log)"
        case .taskAssigned(let task): "task \(task.rawValue) is ours"
        case .taskRestored(let task, let rows, let changelog, let ids, let milliseconds):
            "task \(task.rawValue) is back after \(milliseconds) ms: \(rows) rows, "
                + "\(changelog) changelog records read, \(ids) ids in the dedupe window"
        case .taskRevoked(let task): "task \(task.rawValue) goes to another worker"
        case .taskLost(let task): "task \(task.rawValue) was lost: the session ended"
        case .taskReleased(let task): "task \(task.rawValue) is released"
        case .batchCommitted(let tasks, let records, let outbound, let refused, let milliseconds):
            "committed \(records) records of \(tasks) tasks in \(milliseconds) ms: "
                + "\(outbound) events out, \(refused) refused"
        case .recordRefused(let partition, let offset, let reason, let detail):
            "refused \(Self.place(partition, offset)): \(reason): \(detail)"
        case .recordsLost(let partition, let from, let to):
            "retention removed \(partition.topic.name)/\(partition.partition.rawValue) "
                + "[\(from.rawValue), \(to.rawValue)) before it was read"
        case .dedupeWindowIncomplete(let partition, let from, _):
            "the dedupe window of \(partition.topic.name)/\(partition.partition.rawValue) cannot "
                + "be read back to \(from.text): retention removed its beginning"
        case .stateFileSetAside(let task, let path, let why):
            "the state file of task \(task.rawValue) was set aside as \(path): \(why); rebuilding"
        case .stateFileRebuilt(let task, let why):
            "the state file of task \(task.rawValue) is rebuilt: \(why)"
        case .clockImplausible(let task, let sent, let append, let reported):
            "no timer fires on task \(task.rawValue): sent at \(sent.text), reported at "
                + "\(reported.text), but the broker says \(append.text); check the clocks"
        case .commitRepeated(let error): "the commit was refused and is sent again: \(error)"
        case .commitOutcomeUnknown(let error):
            "nobody knows whether the commit happened; the log decides: \(error)"
        case .partitionsSurrendered(let error): "another worker has taken over: \(error)"
        case .logRetry(let error): "\(error)"
        case .storeReopened(let task, let why): "task \(task.rawValue) is read back: \(why)"
        case .joinedAgain(let thread): "thread \(thread) joins the group again"
        case .draining: "draining: what is decided is committed"
        case .stopped(let thread): "thread \(thread) has left"
        case .failed(let thread, let why): "thread \(thread) failed: \(why)"
        case .clientLine(let level, let text): "librdkafka (level \(level)): \(text)"
        }
    }

    private static func place(_ partition: TopicPartition, _ offset: Offset) -> String {
        "\(partition.topic.name)/\(partition.partition.rawValue) offset \(offset.rawValue)"
    }

    /// One line of JSON.
    func json(at now: Instant) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("time", now.text)
        json.member("level", level.rawValue)
        json.member("signal", name)
        json.member("text", sentence)
        json.endObject()
        return json.bytes
    }
}
