/// The miner that trains: a state machine per stage that it holds ([Miner]), what it finds out from
/// the chain ([Seats]), and its heavy side ([StageWork]). The other R rules:
/// [nimble.training.role].
///
/// - R3: before a tensor is kept, its sender must hold the stage that it names, and its size must
///   be that of the program's shapes; otherwise it is dropped and reported.
/// - R5: what a peer may not have consumed is kept and sent again when it reconnects, and when
///   nothing has moved for a while.
/// - R6: a step is: micro-batches forwards and backwards in index order, at most the pipeline's
///   depth of them open; ĝ summed and rounded; squared norms from everyone to everyone; the exact
///   update. Having all norms, a stage knows that everyone has finished the step's passes.
///   Validation batches are steps without gradient whose norm is 0.
/// - R7: a stage computes up to two rounds beyond the open one, and keeps the start of every round
///   that may be begun anew. When the chain has rounds redone, it goes back to the open round's
///   start, under the next attempt's number (R19). Called to accept again, it says so first; what
///   it computes meanwhile counts if the job goes on from there.
/// - R8: neighbours exchange the root of their common edge. Only equal roots are committed;
///   otherwise the miner reports it and the chain's deadline decides.
/// - R10: after the last round a stage exports its state as a blob
///   ([nimble.training.role.evidence.CheckpointBlob]), records its manifest and serves from memory;
///   a miner that starts later fetches it. The state at the end of every checkpoint's round is
///   recorded too, from the shelf.
/// - R18: on the shelf a miner keeps, per round and attempt, gradients, edges and index, and the
///   state at the round's end: all of it durable before the round is committed to. A round is given
///   up once it is settled, or belongs to an attempt that is over; a state once no unsettled round
///   follows it and the job cannot go back to it. While there is no room nothing is computed.
/// - R19: a stage goes to the state whose root is on chain: in memory, on its shelf, or with those
///   who keep the checkpoint; what another job left (J42) is with whoever pinned it. A state of
///   another step than the round begins with is refused. A process that finds the open round
///   finished by an earlier one takes part from the next attempt on: one attempt has one witness.
/// - R33: what is kept gets its name, a hash, while the stage waits for the others, at the latest
///   before the gradient of the step after it is summed, and all of it before the round's books are
///   closed.
/// - R20: while it may concede, an honest miner does the accused step again from what it kept, and
///   concedes when the result is another.
/// - R21: a miner keeps a copy of each checkpoint of the stage before its own, round about, as R17
///   says.
/// - R23: rounds answer to their miner's name: it concedes, appeals and defends as long as somebody
///   finds one of them wrong, though the stage is another's by now, or the job is over; and while
///   it goes on training it does so beside that ([Rebuttal]).
@NullMarked
package nimble.training.role.miner;

import org.jspecify.annotations.NullMarked;
