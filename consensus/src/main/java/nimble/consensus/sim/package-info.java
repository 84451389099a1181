/// A world for [nimble.consensus.Engine]: whole nodes with simulated keys, disks and a network,
/// some of them Byzantine, under a referee. One seed gives one run.
///
/// Honest nodes run [nimble.consensus.sim.Node]'s driver as it is; a [Behaviour] replaces what a
/// faulty one does with its effects. Two nodes with one index are twins. The [Referee] knows all
/// nodes and checks the invariants after every event, and each honest vote against the rules.
@NullMarked
package nimble.consensus.sim;

import org.jspecify.annotations.NullMarked;
