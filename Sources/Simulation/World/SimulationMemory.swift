// How a process that simulates treats its memory: once, for all its threads.

import CSQLite

/// Settings of the C library and of SQLite for a process that opens thousands of small files a
/// second, in memory.
package enum SimulationMemory {
    /// To be called once, before the first world is made; later it is of no effect.
    package static func prepare() { holdfast_prepare_memory_for_many_files() }
}
