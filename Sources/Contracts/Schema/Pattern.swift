// Regular expressions of schemas, matched by PCRE2 with limits, so that a hostile text costs a
// bounded time: reaching a limit is a violation of its own, never an endless match.

import CPCRE2
import EventModel
import Glibc

/// A compiled pattern. Copies share one handle, which the program frees.
struct Pattern {
    enum Outcome: Equatable { case found, notFound, limitReached }

    static let limitMessage: StaticString =
        "takes too much work to match against the pattern (a limit was reached)"

    private let code: OpaquePointer
    private let shape: PatternShape

    /// An ECMA-262 pattern (with the flag `u`), not anchored.
    init(ecma pattern: String) throws(PatternError) {
        let bytes = Array(try PatternTranslator.translate(pattern).utf8)
        var error: Int32 = 0
        var offset = 0
        // Not UCP: \d, \w and \b are ASCII in ECMA-262. `$` matches at the very end only.
        let options =
            PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C
        let compiled = pcre2_compile_8(bytes, bytes.count, options, &error, &offset, nil)
        guard let compiled else {
            var message = [UInt8](repeating: 0, count: 256)
            let length = pcre2_get_error_message_8(error, &message, message.count)
            let text = String(decoding: message.prefix(max(0, Int(length))), as: UTF8.self)
            throw PatternError(text: text)
        }
        code = compiled
        shape = PatternShape(pattern)
    }

    func free() { pcre2_code_free_8(code) }

    /// Whether the pattern occurs in the text, which must be UTF-8.
    func match(_ text: ByteView) -> Outcome {
        if let matches = shape.matches(text) { return matches ? .found : .notFound }
        return matchGenerally(text)
    }

    /// The same, always by PCRE2.
    func matchGenerally(_ text: ByteView) -> Outcome {
        let scratch = PatternScratch.ofThisThread
        // PCRE2 10.42 takes NULL only together with length 0 (it reads nothing then).
        let result = pcre2_match_8(
            code, text.baseAddress?.assumingMemoryBound(to: UInt8.self), text.count, 0,
            PCRE2_NO_UTF_CHECK, scratch.data, scratch.context)
        if result >= 0 { return .found }
        return result == PCRE2_ERROR_NOMATCH ? .notFound : .limitReached
    }
}

/// A pattern that is none, and why.
struct PatternError: Error, Equatable {
    let text: String
}

/// What a match needs to write to: one per thread, freed when the thread ends.
private final class PatternScratch {
    let data: OpaquePointer
    let context: OpaquePointer

    private init() {
        guard let data = pcre2_match_data_create_8(1, nil),
            let context = pcre2_match_context_create_8(nil)
        else { preconditionFailure("out of memory") }
        pcre2_set_match_limit_8(context, 100_000)
        pcre2_set_depth_limit_8(context, 10_000)
        pcre2_set_heap_limit_8(context, 4_096)
        self.data = data
        self.context = context
    }

    deinit {
        pcre2_match_data_free_8(data)
        pcre2_match_context_free_8(context)
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let error = pthread_key_create(&key) { value in
            if let value { Unmanaged<PatternScratch>.fromOpaque(value).release() }
        }
        precondition(error == 0, "a process has few thread keys, and we take one")
        return key
    }()

    static var ofThisThread: PatternScratch {
        if let known = pthread_getspecific(key) {
            return Unmanaged<PatternScratch>.fromOpaque(known).takeUnretainedValue()
        }
        let fresh = PatternScratch()
        pthread_setspecific(key, Unmanaged.passRetained(fresh).toOpaque())
        return fresh
    }
}
