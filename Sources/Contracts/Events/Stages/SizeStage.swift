// First of all: nothing larger than the limits is looked into.

import EventModel

enum SizeStage {
    enum Verdict { case fits, valueTooLarge, keyTooLarge }

    static func verdict(key: ByteView?, value: ByteView?, limits: Limits) -> Verdict {
        if let value, value.count > limits.recordBytesMax { return .valueTooLarge }
        if let key, key.count > limits.keyBytesMax { return .keyTooLarge }
        return .fits
    }
}
