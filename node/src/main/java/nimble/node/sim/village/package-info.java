/// The lightest world in which everybody does what they would do on a network: real miners and
/// auditors on the real rules and the real ledger, block by block, without consensus and wires. A
/// job lasts a few tens of milliseconds, so that thousands of casts can be tried.
///
/// - X1: one seed, one run.
/// - X2: what follows from a block happens before the next one; what is said reaches the chain with
///   it, and timers fire then.
/// - X3: whoever does as it should is never slashed, nor is an honest machine that flips a bit, an
///   auditor that is away, or anybody when the whole network stands still for an hour.
/// - X4: whoever deviates is caught by a rule that its summary names, or gains nothing: false work
///   is not paid, and made-up answers earn less than they cost.
/// - X5: the supply is whole after every block.
/// - X6: a job ends, and leaves nothing in escrow.
/// - X7: where votes do not settle it, because too few can run the program or because a miner
///   appeals, who is honest wins its dispute within six moves, who lies or says nothing loses it,
///   and what the game cannot tell is unpaid and costs nobody anything. Neither a process that ends
///   between two moves nor a miner that holds its stage no more makes a difference ([Quarrel]).
/// - X8: work that has to be done again, and can be paid neither from what was taken for it nor
///   from the budget, ends the job FAILED: it names the newest point from which it could go on, and
///   nobody but who did it loses anything.
@NullMarked
package nimble.node.sim.village;

import org.jspecify.annotations.NullMarked;
