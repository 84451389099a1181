/// The network port in a simulated world: the twin of [nimble.p2p.netty], over [nimble.sim.Sim].
///
/// What TCP promises holds: within a lane order is kept and nothing arrives twice. All else may go
/// wrong: connections break and lose what is under way, the two ends notice at different times,
/// groups of nodes are cut off from one another and come together again, nodes crash.
///
/// Nothing is told from within a call: a listener hears of everything in an event of its own. The
/// same seed gives the same run.
@NullMarked
package nimble.p2p.sim;

import org.jspecify.annotations.NullMarked;
