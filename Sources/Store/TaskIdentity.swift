// Whose file it is: a file of another deployment, task or partition count must never be taken for
// ours.

package import EventModel

/// The task a file belongs to.
package struct TaskIdentity: Equatable, Sendable {
    package let deployment: String
    package let partition: Partition
    package let partitionCount: Int32

    package init(deployment: String, partition: Partition, partitionCount: Int32) {
        precondition(partition.rawValue < partitionCount, "a task is one of its partitions")
        self.deployment = deployment
        self.partition = partition
        self.partitionCount = partitionCount
    }
}

extension TaskIdentity: CustomStringConvertible {
    package var description: String {
        "deployment \(deployment), task \(partition.rawValue) of \(partitionCount)"
    }
}

extension TaskIdentity {
    private func sum(format: Int64) -> Int64 {
        var sum = Checksum()
        var deployment = deployment
        deployment.withUTF8 { sum.add(ByteView($0)) }
        sum.add(UInt64(bitPattern: Int64(partition.rawValue)))
        sum.add(UInt64(bitPattern: Int64(partitionCount)))
        sum.add(UInt64(bitPattern: format))
        return sum.value
    }

    /// Writes the identity row with the newest format.
    func write(to connection: StoreConnection) throws(StoreError) {
        let statement = try connection.prepare(
            "INSERT OR REPLACE INTO identity VALUES(0, ?, ?, ?, ?, ?)")
        try statement.bind(1, text: deployment)
        try statement.bind(2, Int64(partition.rawValue))
        try statement.bind(3, Int64(partitionCount))
        try statement.bind(4, Schema.version)
        try statement.bind(5, sum(format: Schema.version))
        try statement.run()
    }

    /// The identity in a file that has its table, and its format; nil when the row is missing or
    /// damaged. Any version of the format keeps this table, so that an older reader can tell whose
    /// file it is.
    static func read(from connection: StoreConnection) throws(StoreError)
        -> (identity: TaskIdentity, format: Int64)?
    {
        let statement = try connection.prepare(
            "SELECT deployment, partition, partitionCount, format, sum FROM identity WHERE id = 0")
        guard try statement.step() else { return nil }
        guard let partition = Int32(exactly: statement.integer(1)), partition >= 0,
            let count = Int32(exactly: statement.integer(2)), count > partition
        else { return nil }
        let found = TaskIdentity(
            deployment: statement.text(0), partition: Partition(partition), partitionCount: count)
        let format = statement.integer(3)
        guard statement.integer(4) == found.sum(format: format) else { return nil }
        return (found, format)
    }
}
