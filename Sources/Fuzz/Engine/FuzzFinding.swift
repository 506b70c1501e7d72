// What a run found: an input that ended its process, with how.

/// One finding.
struct FuzzFinding {
    enum Kind: String { case crash, hang, slow, memory }

    let kind: Kind
    let target: FuzzTarget
    let index: UInt64

    /// Nil for a child that ended as it should.
    init?(_ outcome: ChildProcess.Outcome, target: FuzzTarget, index: UInt64) {
        switch outcome {
        case .exited(FuzzChild.Ending.done.rawValue): return nil
        case .exited(FuzzChild.Ending.slow.rawValue): kind = .slow
        case .exited(FuzzChild.Ending.large.rawValue): kind = .memory
        case .exited, .killed: kind = .crash
        case .hung: kind = .hang
        }
        self.target = target
        self.index = index
    }

    /// Whether a replay's end is this finding again.
    func isRepeated(by outcome: ChildProcess.Outcome) -> Bool {
        FuzzFinding(outcome, target: target, index: index)?.kind == kind
    }
}
