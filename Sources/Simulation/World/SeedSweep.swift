// Runs many seeds on several threads. A world belongs to one thread; what they share is the next
// seed and the sum of what happened. Each has a registry of contracts of its own: threads that
// count references to the same objects hold each other up.

package import Contracts
import Synchronization
import Worker

/// Runs seeds, one after the other on each thread.
package final class SeedSweep: Sendable {
    /// What all seeds came to.
    package struct Sum: Sendable {
        package var seeds = 0
        package var failed: [WorldReport] = []
        package var counts: [String: Int] = [:]
        package init() {}
    }
    private struct Shared {
        var next: UInt64
        var sum = Sum()
    }
    private let shared: Mutex<Shared>
    private let makeRegistry: @Sendable () -> ContractRegistry
    private let canary: Canary?
    /// Stops when so many seeds have failed.
    private let failuresMax: Int

    /// - Parameter makeRegistry: called once by each thread.
    package init(
        from seed: UInt64, canary: Canary? = nil, failuresMax: Int = 1,
        makeRegistry: @escaping @Sendable () -> ContractRegistry
    ) {
        shared = Mutex(Shared(next: seed))
        self.makeRegistry = makeRegistry
        self.canary = canary
        self.failuresMax = failuresMax
    }

    package var sum: Sum { shared.withLock { $0.sum } }

    /// Runs seeds until `goesOn` answers false for the next one (asked with it, on any thread) or
    /// too many have failed.
    package func run(jobs: Int, goesOn: @escaping @Sendable (UInt64) -> Bool) {
        guard jobs > 1 else { return work(goesOn) }
        let threads = (0..<jobs).map { _ in PlainThread { self.work(goesOn) } }
        for thread in threads { thread.join() }
    }

    private func work(_ goesOn: (UInt64) -> Bool) {
        let registry = makeRegistry()
        while let seed = take(goesOn) {
            let report = World(seed: seed, registry: registry, canary: canary).run()
            add(report)
        }
    }

    private func take(_ goesOn: (UInt64) -> Bool) -> UInt64? {
        let seed: UInt64? = shared.withLock { shared in
            guard shared.sum.failed.count < failuresMax else { return nil }
            shared.next += 1
            return shared.next - 1
        }
        guard let seed, goesOn(seed) else { return nil }
        return seed
    }

    private func add(_ report: WorldReport) {
        shared.withLock {
            $0.sum.seeds += 1
            if !report.findings.isEmpty { $0.sum.failed.append(report) }
            for (name, count) in report.counts { $0.sum.counts[name, default: 0] += count }
        }
    }
}
