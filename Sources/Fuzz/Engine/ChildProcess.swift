// This program again, as a child: an input that ends a process must not end the run.

import Glibc

/// A running child.
struct ChildProcess {
    /// How it ended.
    enum Outcome: Equatable {
        case exited(Int32)
        case killed(signal: Int32)
        case hung
    }

    private let pid: pid_t
    /// Most memory that it had, in megabytes; known when it has ended.
    private(set) var megabytesMax = 0

    init?(_ words: [String], quiet: Bool) {
        let program = "/proc/self/exe"
        var arguments: [UnsafeMutablePointer<CChar>?] = ([program] + words).map { strdup($0) }
        arguments.append(nil)
        defer { for word in arguments { free(word) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if quiet {
            posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
            posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        }
        var child: pid_t = 0
        guard posix_spawn(&child, program, &actions, nil, arguments, environ) == 0 else {
            return nil
        }
        pid = child
    }

    /// Waits for the end. `isStuck` is asked every 20 ms whether it should be killed.
    mutating func wait(isStuck: () -> Bool) -> Outcome {
        var status: Int32 = 0
        var usage = rusage()
        var isKilled = false
        while true {
            let answer = wait4(pid, &status, isKilled ? 0 : WNOHANG, &usage)
            if answer == pid { break }
            if answer < 0, errno != EINTR { return .exited(-1) }
            if !isKilled, isStuck() {
                kill(pid, SIGKILL)
                isKilled = true
            }
            usleep(20_000)
        }
        megabytesMax = usage.ru_maxrss / 1024
        if isKilled { return .hung }
        let signal = status & 0x7f
        return signal == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: signal)
    }
}
