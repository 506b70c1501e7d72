// Starting programs from tests, without Foundation: posix_spawn, output to a file (a pipe would be
// held open by a broker that outlives its launcher).

import Glibc

/// Runs programs and tells how they ended.
package enum Subprocess {
    /// How a program ended: its exit status (or 128 + signal), stdout and stderr together.
    package struct Result: Sendable {
        package let status: Int32
        package let output: String
    }

    /// Runs a program to its end. `arguments` without the program's own name; the environment is
    /// this process's with `environment` over it.
    package static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:],
        input: String? = nil
    ) -> Result {
        let output = temporaryFile()
        defer { unlink(output) }
        let inputFile = input.map { text in
            let file = temporaryFile()
            writeFile(file, text)
            return file
        }
        defer { if let inputFile { unlink(inputFile) } }
        guard
            let pid = start(
                program, arguments, environment: environment, output: output, input: inputFile)
        else { return Result(status: 127, output: "cannot start \(program)") }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        let code = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
        return Result(status: code, output: readFile(output) ?? "")
    }

    /// Starts a program and returns its pid; the caller waits for it or lets it be.
    package static func start(
        _ program: String, _ arguments: [String], environment: [String: String] = [:],
        output: String = "/dev/null", input: String? = nil, ownSession: Bool = false
    ) -> Int32? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input ?? "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // POSIX_SPAWN_SETSID, which glibc declares for _GNU_SOURCE only.
        if ownSession { posix_spawnattr_setflags(&attributes, 0x80) }
        var argv = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for text in argv { free(text) } }
        var merged = currentEnvironment()
        merged.merge(environment) { $1 }
        var envp = merged.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in envp { free(text) } }
        var pid = pid_t()
        guard posix_spawnp(&pid, program, &actions, &attributes, &argv, &envp) == 0 else {
            return nil
        }
        return pid
    }

    private static func currentEnvironment() -> [String: String] {
        var found: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                found[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            next += 1
        }
        return found
    }

    private static func temporaryFile() -> String {
        var path = Array("/tmp/holdfast-test.XXXXXX".utf8CString)
        close(mkstemp(&path))
        return String(
            decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func writeFile(_ path: String, _ text: String) {
        guard let file = fopen(path, "w") else { return }
        fputs(text, file)
        fclose(file)
    }

    /// A file's text, or nil.
    package static func readFile(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { break }
            bytes.append(contentsOf: chunk[0..<count])
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
