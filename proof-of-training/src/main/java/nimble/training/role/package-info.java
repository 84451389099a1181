/// What miners and gateways do, as state machines: the heavy work, the network and the chain are
/// behind values.
///
/// - R1: an actor is `handle(input) → effects`, called by one owner at a time; nothing in it
///   blocks, reads a clock or starts a thread. Effects are done in order.
/// - R2: heavy work is a [Task], given out as an effect and answered with its outcome. A slot has
///   at most one task outside, and another while its miner answers accusers, on programs of its
///   own; tasks of one kind and slot follow each other, others may run side by side. Only tasks
///   touch a [StageWork].
/// - R3: before a tensor is kept, its sender must hold the stage that it names, and its size must
///   be that of the program's shapes; otherwise it is dropped and reported.
/// - R4: a tensor's name (job, attempt, round, step, micro-batch, kind) stands for one content.
///   Kept are names of the present step and the next, and a bounded number of a later attempt; all
///   else, and what came before, is ignored. So duplicates, delays and reordering change nothing.
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
/// - R9: a stage commits to `stepsRoot`, Merkle list of [StepLeaf]s; `leftRoot` and `rightRoot`,
///   Merkle lists over (step, micro-batch) of `down ‖ up` (validation: down alone). Gradients and
///   tensors stand in them as ids of blobs: what is committed to is what is served. The first stage
///   has an empty left edge, the last an empty right one, and the chain carries no root of them;
///   the last stage's losses stand in the leaves of its steps. On edges between stages a leaf
///   follows each training step: the hash of all squared norms that were announced. So neighbours,
///   and thereby all stages, commit to one list; an auditor checks the own entry and the clip
///   factor that follows from it.
/// - R10: after the last round a stage exports its state as a blob ([CheckpointBlob]), records its
///   manifest and serves from memory; a miner that starts later fetches it. The state at the end of
///   every checkpoint's round is recorded too, from the shelf.
/// - R11: generating goes gateway → stages in order → gateway, one token a turn, each stage with
///   its own cache. Rows are bounded in number; a lost row is begun anew by the gateway.
/// - R12: an audit of a round begins with its [RoundIndex]: all leaves of the commitment.
///   Validators ask the miner for it ([EvidenceName]) and fetch the blobs that the leaves name
///   ([RoundEvidence]).
/// - R13: a validator measures its class for a stage's program on the match's beacon, joins with a
///   commitment to it and shows it when the chain waits for it. It has one bench per stage
///   ([AuditWork]); tasks of a bench follow each other. Of all audits a bounded number is in work.
/// - R14: an auditor gathers an audit's evidence into a group of its own, redoes the step, and
///   commits to answer and verdict, and where the audit is heard across classes to a projection of
///   what it answers for; it reveals when all have committed. All of it follows from finalized
///   state: after a restart the same salt and the same bits are found again. Where the last audit
///   of a bench ended, the next round's start need not be fetched.
/// - R15: an index that does not match the roots, and a blob that is not what it says, is no data:
///   asked for again, and challenged after a third of the time to commit. What matches and does not
///   add up is false work.
/// - R16: while an audit is challenged every validator gathers all of its data, checks it, and
///   keeps and serves it until the audit is closed. When the auditors' answers differ, every
///   validator that can run the program redoes the step and votes; whoever cannot is silent.
/// - R17: the keeper of a stage fetches each checkpoint that the miner recorded, says so on chain
///   when it is the state that was committed to, and serves it as long as the job may go back to
///   it; the last one of a job that ends without a model for [DutyBook#RESULTS_MILLIS] more.
/// - R18: on the shelf a miner keeps, per round and attempt, gradients, edges and index, and the
///   state at the round's end: all of it durable before the round is committed to. A round is given
///   up once it is settled, or belongs to an attempt that is over; a state once no unsettled round
///   follows it and the job cannot go back to it. While there is no room nothing is computed.
/// - R19: a stage goes to the state whose root is on chain: in memory, on its shelf, or with those
///   who keep the checkpoint; what another job left (J42) is with whoever pinned it. A state of
///   another step than the round begins with is refused. A process that finds the open round
///   finished by an earlier one takes part from the next attempt on: one attempt has one witness.
/// - R20: while it may concede, an honest miner does the accused step again from what it kept, and
///   concedes when the result is another.
/// - R21: a miner keeps a copy of each checkpoint of the stage before its own, round about, as R17
///   says.
/// - R22: of each miner of another class an auditor keeps a sketch per epoch, under a key that is a
///   hash of a signature: committed to when the epoch begins, used once the chain holds that. Every
///   audit that it redoes and does not reject adds the direction in which the miner was off, once;
///   the sketch is on the shelf whenever it changed, so a restart loses nothing. When the epoch is
///   over it says what the sketch came to if that is a report; of anything less nothing is said.
/// - R23: rounds answer to their miner's name: it concedes, appeals and defends as long as somebody
///   finds one of them wrong, though the stage is another's by now, or the job is over; and while
///   it goes on training it does so beside that ([Rebuttal]).
/// - R24: who plays in a dispute, the miner from its shelf and the accuser from what it gathered,
///   does the step again in trace form for every move, and keeps nothing in between: a restart says
///   the same. While the two differ about what is exact, every validator gathers the evidence and
///   says what it finds, also one on which the program does not run.
/// - R25: who computes on a base fetches its description and then its stage's parts, one in memory
///   at a time, from the network by content: a miner when it has measured its class, so that
///   accepting never waits for it; an auditor when it has joined; and again after its memory was
///   given back. What is no base of the model is said, and nothing is computed.
/// - R26: rows that wait at a stage go through it together, one position each, up to
///   [nimble.vm.StageProgram#ROWS_TOGETHER_MAX]; a row's turns stay in order. What a row holds
///   travels with its vectors as ids, for whoever draws the next token. A gateway gives a replica
///   as many rows as it can hold; further requests wait for one.
/// - R27: the gateway keeps the tokens of an answer. When nothing comes it asks again, then calls
///   the roll on chain and goes to another replica, or waits for whoever takes the dead host's
///   seat, and begins the row anew there: the answer goes on with the same draws. It is given up at
///   its deadline.
/// - R28: when a row is over, at the answer's end, when it is full, or when the answer moves to
///   another replica, every stage of the replica that had it replays it
///   ([nimble.vm.generation.Replay]) and says to the gateway what it got. The gateway compares
///   edges and promises each host its pay: one promise at a time is under way to a host, and sent
///   again until the host has put all of the row on its shelf and says so. Who is owed too much
///   refuses, and nobody answers for a row that it did not choose. Receipts go to the chain when
///   they are worth it, when no promise comes for long, or when the deployment ends.
/// - R29: a host fetches the checkpoint that ended the job, and what it is on as R25 says, or all
///   of a base that was brought, from the gateway, which keeps the model that it uses, or from who
///   trained it, checks it against the root on chain or its name, and says that it is ready.
/// - R30: the data of a challenged audit, index and blobs of the step as one bundle, is cut by its
///   miner into the shards of J33 and kept on its shelf until the audit is over. Validators ask for
///   the list, the miner or each other, fetch their own shards, write the list after them, and sign
///   for its root. Who needs the data then gathers any shards that suffice from those who hold
///   them, puts the bundle together, encodes it again, and checks all of it against what was
///   committed to, which takes no program. What does not hold is the miner's fault: the answer is
///   REJECTED, with a hash that is the same for everybody.
/// - R31: before a receipt is brought its list of rows is durable on the host's shelf, after the
///   rows; both are kept until it is settled, whether or not the host has the seat still, and shown
///   to validators who ask, in whatever process.
/// - R32: a validator measures its class for replays of each stage on weights drawn from a seed,
///   brings the stage's weights here, so that nobody can keep them from it later, and joins. Drawn,
///   or asked to vote, it gets the list and the row from the host, checks both, takes the weights,
///   and replays the row; one replay at a time, of one row, on the weights of one stage
///   ([WeightsBench]). While an audit is challenged every validator gets the row and holds it, so
///   that the seats may have it from whoever does.
@NullMarked
package nimble.training.role;

import org.jspecify.annotations.NullMarked;
