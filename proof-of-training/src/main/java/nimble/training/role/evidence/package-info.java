/// What a round of a stage leaves behind: the leaves that it commits to, the index of them, and the
/// blobs that they name; how they are put together again, and checked against what is on chain. The
/// other R rules: [nimble.training.role].
///
/// - R9: a stage commits to `stepsRoot`, Merkle list of [StepLeaf]s; `leftRoot` and `rightRoot`,
///   Merkle lists over (step, micro-batch) of `down ‖ up` (validation: down alone). Gradients and
///   tensors stand in them as ids of blobs: what is committed to is what is served. The first stage
///   has an empty left edge, the last an empty right one, and the chain carries no root of them;
///   the last stage's losses stand in the leaves of its steps. On edges between stages a leaf
///   follows each training step: the hash of all squared norms that were announced. So neighbours,
///   and thereby all stages, commit to one list; an auditor checks the own entry and the clip
///   factor that follows from it.
/// - R12: an audit of a round begins with its [RoundIndex]: all leaves of the commitment.
///   Validators ask the miner for it ([nimble.training.role.EvidenceName]) and fetch the blobs that
///   the leaves name ([RoundEvidence]).
/// - R30: the data of a challenged audit, index and blobs of the step as one bundle, is cut by its
///   miner into the shards of J33 and kept on its shelf until the audit is over. Validators ask for
///   the list, the miner or each other, fetch their own shards, write the list after them, and sign
///   for its root. Who needs the data then gathers any shards that suffice from those who hold
///   them, puts the bundle together, encodes it again, and checks all of it against what was
///   committed to, which takes no program. What does not hold is the miner's fault: the answer is
///   REJECTED, with a hash that is the same for everybody.
@NullMarked
package nimble.training.role.evidence;

import org.jspecify.annotations.NullMarked;
