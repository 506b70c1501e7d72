// The life of a task.
//
//     recovering --> running --> draining --> released
//          |             |           ^
//          +-------------+-----------+ (revoked, lost, stopped)

/// Where a task is in its life.
package enum TaskLife: Sendable, Equatable {
    /// Reading its state back; decides nothing.
    case recovering
    /// Decides and commits.
    case running
    /// Commits what is decided, takes nothing new.
    case draining
    /// Gone: its file is closed, its records given back.
    case released

    /// The only moves there are.
    package func canBecome(_ next: TaskLife) -> Bool {
        switch (self, next) {
        case (.recovering, .running), (.recovering, .released): true
        case (.running, .draining), (.running, .recovering), (.running, .released): true
        case (.draining, .released): true
        case (.recovering, .recovering), (.recovering, .draining), (.running, .running),
            (.draining, .recovering), (.draining, .running), (.draining, .draining),
            (.released, .recovering), (.released, .running), (.released, .draining),
            (.released, .released):
            false
        }
    }
}
