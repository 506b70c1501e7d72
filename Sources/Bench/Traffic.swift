// Other traffic at a steady rate, from a producer of its own, lingering 5 ms: without lingering
// 5,000 events a second are 5,000 requests, and the broker is what is measured.

import EventLog
import EventModel
import Glibc
import KafkaLog
import Worker

enum Traffic {
    /// `traffic seconds=N rate=N name=TEXT`: steady traffic for so long.
    static func run(_ arguments: BenchArguments) throws -> [(String, Double)] {
        let stop = StopFlag()
        let seconds = UInt32(arguments.integer("seconds"))
        let timer = PlainThread {
            sleep(seconds)
            stop.request()
        }
        produce(
            arguments.kafka(["linger.ms": "5"]), name: arguments.text("name"),
            perSecond: arguments.integer("rate"), until: stop)
        timer.join()
        return [("seconds", Double(seconds))]
    }

    /// A handful every 5 ms. Its failures are minor: what holds a lot is what is measured.
    static func produce(
        _ configuration: KafkaConfiguration, name: String, perSecond: Int, until stop: StopFlag
    ) {
        do {
            let writer = try KafkaWriter(configuration)
            var source = EventSource(seed: 7, name: name + "-b-")
            source.criticalPerHundredFailures = 0
            let begin = Meter.seconds(CLOCK_MONOTONIC)
            while !stop.isRequested {
                let due = Int((Meter.seconds(CLOCK_MONOTONIC) - begin) * Double(perSecond))
                while source.count < due {
                    source.next()
                    try write(source, to: writer)
                }
                usleep(5_000)
            }
            try writer.flush()
        } catch {
            Main.stop("traffic: \(error)")
        }
    }

    /// Writes the event that the source has in hand.
    static func write(_ source: EventSource, to writer: KafkaWriter) throws(LogError) {
        var failure: LogError?
        source.key.withUnsafeBytes { key in
            source.value.withUnsafeBytes { value in
                do throws(LogError) {
                    try writer.write(
                        topic: .mesExecution, partition: nil, key: key, value: value, headers: [])
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw failure }
    }
}
