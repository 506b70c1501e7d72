// The dedupe window on disk equals a rescan of the input by rule 6.

import Digests
import EventModel

enum DedupeCheck {
    static func examine(
        _ evidence: RunEvidence, _ windows: [TopicPartition: ModelWindow],
        _ findings: inout Findings
    ) {
        // What a file calls an id is a fingerprint. It is only a name here: which names must be
        // there, in which bucket, is the model's own.
        let naming = Fingerprinter()
        for disk in evidence.disks where disk.isOwner {
            for topic in [Topic.mesExecution, .qmsQuality] {
                let place = TopicPartition(topic, Partition(disk.task))
                guard let window = windows[place] else { continue }
                compare(disk, topic, window, evidence, naming, &findings)
            }
        }
    }

    private static func compare(
        _ disk: DiskEvidence, _ topic: Topic, _ window: ModelWindow, _ evidence: RunEvidence,
        _ naming: borrowing Fingerprinter, _ findings: inout Findings
    ) {
        var found: [Fingerprint: Int64] = [:]
        // An expired bucket may still wait to be dropped.
        for sighting in disk.sightings
        where sighting.topic == topic && sighting.bucket >= window.floor {
            found[sighting.identity] = max(
                found[sighting.identity] ?? .min, sighting.bucket)
        }
        let place = "\(disk.worker)/task-\(disk.task) \(topic.name)"
        let low = evidence.partition(topic, disk.task).low
        for (name, sighting) in window.seen where sighting.bucket >= window.floor {
            var (source, id) = (name.source, name.id)
            let identity = source.withUTF8 { source in
                id.withUTF8 { id in
                    naming.identity(source: ByteView(source), id: ByteView(id))
                }
            }
            let bucket = found.removeValue(forKey: identity)
            if bucket == sighting.bucket { continue }
            // A disk that was lost after retention had eaten the sighting cannot have it.
            if bucket == nil, sighting.offset < low { continue }
            findings.add(
                .dedupe, place,
                "The id \(name.source) \(name.id) of offset \(sighting.offset) is "
                    + (bucket.map { "in bucket \($0)" } ?? "missing")
                    + ", expected in bucket \(sighting.bucket).")
        }
        if !found.isEmpty {
            findings.add(
                .dedupe, place, "\(found.count) ids are in the window that no accepted record has.")
        }
    }
}
