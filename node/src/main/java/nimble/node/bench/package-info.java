/// How fast a network of validators is, measured from outside: real sockets, synced disks, real
/// signatures. How fast training is, beside PyTorch.
///
/// - B1: validators run in a process of their own; clients, and whoever prints figures, in another.
/// - B2: a transfer counts when every validator holds it final.
/// - B3: a latency is what a client sees: from handing a transfer in until it is told of it in a
///   final block.
/// - B4: what the figures are held against is measured in the same run, and where it can be in
///   turns with them: a round against the round beside it.
/// - B5: what is measured is a node that has run for long: before each kind of figure the same work
///   is done until Java's compiler takes less than 3 % of the processor time, or the time for
///   warming up is over; the compiler's share while measuring stands beside the figure. Old states
///   are forgotten all the while.
@NullMarked
package nimble.node.bench;

import org.jspecify.annotations.NullMarked;
