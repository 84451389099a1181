/// Generating: the host of a deployed stage and the gateway that asks for tokens, as two state
/// machines ([Host], [Gateway]), what they find out from the chain ([HostSeats]), and the host's
/// heavy side ([HostWork]). The rows of a receipt are here too. The other R rules:
/// [nimble.training.role].
///
/// - R11: generating goes gateway → stages in order → gateway, one token a turn, each stage with
///   its own cache. Rows are bounded in number; a lost row is begun anew by the gateway.
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
/// - R31: before a receipt is brought its list of rows is durable on the host's shelf, after the
///   rows; both are kept until it is settled, whether or not the host has the seat still, and shown
///   to validators who ask, in whatever process.
@NullMarked
package nimble.training.role.serving;

import org.jspecify.annotations.NullMarked;
