// A wall clock that jumps ahead and back must not fire a timer before its instant, nor leave behind
// an instant in the future up to which timers count as due (design rules 2 and 3).

import Contracts
import EventLog
import EventModel
import Testing

@testable import Worker

@Suite struct ClockJumpTests {
    /// Seconds of sent, appended and reported; whether timers may fire; whether somebody is told.
    @Test(arguments: [
        (sent: 0, appended: 0, reported: 0, fires: true, told: false),
        (sent: 0, appended: 2, reported: 4, fires: true, told: false),
        (sent: 0, appended: -4, reported: 0, fires: true, told: false),
        (sent: 0, appended: -6, reported: 0, fires: false, told: true),
        (sent: 0, appended: 7, reported: 1, fires: false, told: true),
        // Ahead by an hour between send and report: the append time lies between them all the same.
        (sent: 0, appended: 0, reported: 3_600, fires: false, told: false),
        (sent: 0, appended: 1, reported: 7, fires: false, told: false),
        // And back by an hour.
        (sent: 0, appended: 0, reported: -3_600, fires: false, told: true),
    ])
    func `what a delivery report measures`(
        sent: Int64, appended: Int64, reported: Int64, fires: Bool, told: Bool
    ) {
        let base: Int64 = 1_767_592_800_000
        func at(_ seconds: Int64) -> Instant { Instant(milliseconds: base + seconds * 1000) }
        var clocks = ClockGuard(limits: Limits())
        let isTold = clocks.note(
            ClockReport(
                partition: Partition(0), sentAt: at(sent), appendTime: at(appended),
                reportedAt: at(reported)))
        #expect(isTold == told)
        #expect(clocks.allowsTimers(at: at(reported)) == fires)
    }

    @Test func `ends asked while the clock was ahead are not used when it is right again`() throws {
        let plant = try Plant(partitions: 1)
        let brokers = plant.clock
        let wall = TestClock("2026-01-05T06:00:00Z")
        let settings = WorkerSettings(
            deployment: plant.deployment, stateDirectory: plant.state, policy: plant.policy)
        let log = try LocalStreamLog(
            directory: plant.directory, thread: 0, of: 1, clock: { brokers.now })
        let thread = StreamThread(
            log: log, settings: settings, environment: wall.environment, index: 0,
            stop: StopFlag(), registry: try ContractRegistry(limits: settings.limits),
            notify: { _ in })
        try thread.open()
        func commit(_ produce: () throws -> Void) throws {
            let before = thread.commits
            try produce()
            for _ in 0..<400 where thread.commits == before { try thread.step() }
            #expect(thread.commits > before)
        }
        try commit {
            try plant.quality(
                "qms.changeApproved.v1", "c1", key: "CHG-1",
                #"{"changeId":"CHG-1","effectiveFrom":"2026-01-05T06:30:00Z","#
                    + #""scope":{"recipes":["R1"]},"approvedBy":"a","initiatedBy":"b"}"#)
        }
        // 1. The clock jumps an hour ahead in the middle of a commit; 2. before the next one
        // measures that, the timer looks due and the ends are asked.
        wall.advance(seconds: 3_600)
        try commit { try plant.failStep("f1", lot: "L-1") }
        let task = try #require(thread.tasks[0])
        task.askedEnds = AskedEnds(at: wall.now, ends: task.core.queues.map(\.position))
        // 3. The clock is right again, which a commit has measured; `now` stays an hour ahead.
        wall.advance(seconds: -3_600)
        #expect(task.clockGuard.allowsTimers(at: wall.now))
        try commit { try plant.failStep("f2", lot: "L-2") }
        #expect(task.core.head!.now > wall.now)
        // 4. That batch must not take the hour ahead for an end that was reached.
        #expect(task.core.head!.timersTo <= wall.now)
        try thread.drain()
        #expect(try plant.outputs(.changes).isEmpty, "effective half an hour before its instant")
        // 5. At its instant it becomes effective, once.
        brokers.advance(seconds: 1_800)
        try plant.work(steps: 60)
        #expect(try plant.outputs(.changes).count == 1)
    }

    @Test func `ends asked by a clock that a report contradicts are forgotten`() throws {
        let plant = try Plant(partitions: 1)
        let brokers = plant.clock
        let settings = WorkerSettings(
            deployment: plant.deployment, stateDirectory: plant.state, policy: plant.policy)
        let log = try LocalStreamLog(
            directory: plant.directory, thread: 0, of: 1, clock: { brokers.now })
        let thread = StreamThread(
            log: log, settings: settings, environment: brokers.environment, index: 0,
            stop: StopFlag(), registry: try ContractRegistry(limits: settings.limits),
            notify: { _ in })
        try thread.open()
        for _ in 0..<400 where thread.tasks[0] == nil { try thread.step() }
        let task = try #require(thread.tasks[0])
        for seconds in [8, 3_600] as [Int64] {
            let ahead = Instant(milliseconds: brokers.now.milliseconds + seconds * 1000)
            task.askedEnds = AskedEnds(at: ahead, ends: task.core.queues.map(\.position))
            _ = task.note(
                ClockReport(
                    partition: Partition(0), sentAt: ahead, appendTime: brokers.now,
                    reportedAt: ahead))
            #expect(task.askedEnds == nil)
        }
        try thread.drain()
    }
}
