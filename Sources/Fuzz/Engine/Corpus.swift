// Kept inputs: one file each, in a folder of its target's name. What was found once stays here, and
// every run of the tests reads it again.

import Glibc

/// Reads folders of inputs.
package enum Corpus {
    /// The files of a folder by name, sorted; none when there is no such folder.
    package static func files(in folder: String) -> [(name: String, bytes: [UInt8])] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted().compactMap { name in
            Workspace.read("\(folder)/\(name)").map { (name, $0) }
        }
    }
}
