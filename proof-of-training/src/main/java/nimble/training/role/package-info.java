/// What miners, auditors, hosts and gateways have in common: they are state machines, and the heavy
/// work, the network and the chain are behind values. Here are those values: tasks and what they
/// come to, names of what is sent, and what each of the four wants done.
///
/// What happens to each, and what it does then, stands in its own package:
/// [nimble.training.role.miner] (R3, R5 to R8, R10, R18 to R21, R23, R33),
/// [nimble.training.role.auditor] (R13 to R17, R22, R32) and [nimble.training.role.serving], hosts
/// and gateways (R11, R26 to R29, R31). What a round leaves behind is in
/// [nimble.training.role.evidence] (R9, R12, R30).
///
/// - R1: an actor is `handle(input) → effects`, called by one owner at a time; nothing in it
///   blocks, reads a clock or starts a thread. Effects are done in order.
/// - R2: heavy work is a [Task], given out as an effect and answered with its outcome. A slot has
///   at most one task outside, and another while its miner answers accusers, on programs of its
///   own; tasks of one kind and slot follow each other, others may run side by side. Only tasks
///   touch a [nimble.training.role.miner.StageWork].
/// - R4: a tensor's name (job, attempt, round, step, micro-batch, kind) stands for one content.
///   Kept are names of the present step and the next, and a bounded number of a later attempt; all
///   else, and what came before, is ignored. So duplicates, delays and reordering change nothing.
/// - R24: who plays in a dispute, the miner from its shelf and the accuser from what it gathered,
///   does the step again in trace form for every move, and keeps nothing in between: a restart says
///   the same. While the two differ about what is exact, every validator gathers the evidence and
///   says what it finds, also one on which the program does not run.
/// - R25: who computes on a base fetches its description and then its stage's parts, one in memory
///   at a time, from the network by content: a miner when it has measured its class, so that
///   accepting never waits for it; an auditor when it has joined; and again after its memory was
///   given back. What is no base of the model is said, and nothing is computed.
/// - R34: data sets, checkpoints and evidence are read where they lie ([nimble.codec.ByteSource]),
///   inside tasks, as much of them at a time as is worked on: an example, a chunk of state, a
///   gradient, a micro-batch. A description or a part of a base that is larger than it may be is
///   not read at all.
@NullMarked
package nimble.training.role;

import org.jspecify.annotations.NullMarked;
