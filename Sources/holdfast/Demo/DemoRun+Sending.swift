// What the demo sends: the plant's records when they are due, and what people do when its cue has
// come.

import EventLog
import EventModel

extension DemoRun {
    /// Sends what is due.
    func feed(_ writer: any LogWriter, plant: Instant) throws(CommandError) {
        var hasSent = false
        while nextOfPlant < script.plant.count, script.plant[nextOfPlant].at <= plant {
            try send(script.plant[nextOfPlant], writer)
            nextOfPlant += 1
            hasSent = true
        }
        while nextOfPeople < script.people.count {
            let step = script.people[nextOfPeople]
            guard step.at <= plant, hasCome(step.cue) else { break }
            try send(step, writer)
            nextOfPeople += 1
            hasSent = true
        }
        if !hasReleased, plant >= script.releaseAt, nextOfPeople == script.people.count,
            narrator.counts.dispositionsRefused > 0
        {
            try releaseLot(writer)
            hasSent = true
        }
        if hasSent { try reaching { () throws(LogError) in try writer.flush() } }
    }

    private func hasCome(_ cue: DemoStep.Cue) -> Bool {
        switch cue {
        case .none: true
        case .gateClosed(let lot): narrator.closedGates.contains(lot)
        }
    }

    private func send(_ step: DemoStep, _ writer: any LogWriter) throws(CommandError) {
        let now = clock.now
        if let note = step.note { narrator.announce(note, at: now) }
        let value = step.isResend ? sent[step.value] : nil
        let stamped = value ?? step.stamped(at: now)
        // A producer that sends again sends the same bytes, the time of the event among them.
        if step.value == script.first.value { sent[step.value] = stamped }
        try write(topic: step.topic, key: step.key, value: stamped, writer)
    }

    private func write(topic: Topic, key: String, value: String, _ writer: any LogWriter)
        throws(CommandError)
    {
        let key = Array(key.utf8)
        let value = Array(value.utf8)
        try reaching { () throws(LogError) in
            try key[...].withUnsafeBytesTyped { key throws(LogError) in
                try value[...].withUnsafeBytesTyped { value throws(LogError) in
                    try writer.write(
                        topic: topic, partition: nil, key: key, value: value, headers: [])
                }
            }
        }
    }

    /// QA signs off every open hold of the lot, then accepts it.
    private func releaseLot(_ writer: any LogWriter) throws(CommandError) {
        hasReleased = true
        let lot = script.releasedLot
        let holds = narrator.openHolds[lot] ?? []
        let now = clock.now
        narrator.announce(
            "QA reviews lot \(lot), signs off its \(DemoCounts.some(holds.count, "open hold")) "
                + "and accepts it", at: now)
        func event(_ type: String, _ id: String, _ data: String) -> String {
            #"{"specversion":"1.0","id":"\#(runID)/\#(id)","source":"/qms/demo","type":"\#(type)","#
                + #""subject":"lot/\#(lot)","time":"\#(now.text)","data":\#(data)}"#
        }
        for (index, hold) in holds.enumerated() {
            let data =
                #"{"holdId":"\#(hold.holdId)","subject":{"type":"lot","id":"\#(lot)"},"#
                + #""owner":"\#(hold.owner)","approver":"qa.lead","meaning":"reviewed, no impact","#
                + #""signedAt":"\#(now.text)"}"#
            try write(
                topic: .qmsQuality, key: lot,
                value: event("qms.holdReleaseApproved.v1", "release-\(index)", data), writer)
        }
        let decision =
            #"{"lotId":"\#(lot)","decision":"accepted","decidedBy":"qa.lead","#
            + #""meaning":"released for shipment","signedAt":"\#(now.text)"}"#
        try write(
            topic: .qmsQuality, key: lot,
            value: event("qms.dispositionDecided.v1", "disposition-2", decision), writer)
    }
}
