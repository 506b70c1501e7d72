// A record must lie where every producer with Java's partitioner puts its key: two producers that
// place one lot differently would give it two owners.

import EventModel

enum PlacementStage {
    enum Verdict: Equatable { case inPlace, belongsIn(Partition) }

    static func verdict(key: ByteView, partition: Partition, count: Int32) -> Verdict {
        let right = Partition.of(key: key, count: count)
        return right == partition ? .inPlace : .belongsIn(right)
    }
}
