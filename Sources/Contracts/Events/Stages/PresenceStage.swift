// A record without a key has no owner, one without a value no event. A null value is never decoded,
// an empty one is (and is no JSON).

import EventModel

enum PresenceStage {
    enum Verdict { case complete(key: ByteView), keyMissing, emptyValue }

    static func verdict(key: ByteView?, hasValue: Bool) -> Verdict {
        guard let key, key.count > 0 else { return .keyMissing }
        return hasValue ? .complete(key: key) : .emptyValue
    }
}
