// What the worker is told by the shell.

package import Decisions
package import EventModel
package import Store

/// Settings of a worker process, the same for all of its threads.
package struct WorkerSettings: Sendable {
    /// Names the group, the transactional ids and the source of outbound events.
    package var deployment: String
    /// Directory of the task files.
    package var stateDirectory: String
    package var policy: Policy
    package var limits: Limits
    /// The disk of the task files.
    package var files: any StoreFiles = SystemFiles()
    /// Set aside a foreign or newer state file instead of refusing it.
    package var rebuildsState: Bool
    /// A task file older than this is rebuilt, because tombstones may be gone: half of
    /// holdfast.state's delete.retention.ms.
    package var stateAgeSecondsMax: Int64 = 302_400
    /// For tests: stop when everything there is has been decided.
    package var stopsWhenIdle = false

    package init(
        deployment: String, stateDirectory: String, policy: Policy, limits: Limits = Limits(),
        rebuildsState: Bool = false
    ) {
        self.deployment = deployment
        self.stateDirectory = stateDirectory
        self.policy = policy
        self.limits = limits
        self.rebuildsState = rebuildsState
    }
}
