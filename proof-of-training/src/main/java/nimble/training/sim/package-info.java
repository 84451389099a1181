/// Real actors on real rules in one thread: without consensus, wires and disks, but with everything
/// that miners, auditors, hosts and their gateways do and say.
///
/// - Y1: what follows from a block happens before the next one; what is said reaches the chain with
///   the next block, and timers fire then.
/// - Y2: whoever is asked for a blob looks on its own shelf, then on everybody's that is handed
///   out.
/// - Y3: a process that starts again has lost its memory, and finds its shelf.
@NullMarked
package nimble.training.sim;

import org.jspecify.annotations.NullMarked;
