/// Owners and the loops that give them time.
///
/// - O1: an [Owner] has one state, one thread and one inbox, bounded by inputs and by what came
///   from outside with them; nothing else touches the state.
/// - O2: one turn takes what the inbox holds (at most [Owner#TURN_MAX] inputs), handles all of it,
///   makes durable what must be, and only then lets anything out.
/// - O3: time is read once a turn, at the edge, and passed down. It never goes back, whatever is
///   done to the machine's clock.
/// - O4: stopping is an input, never an interrupt: an interrupt would close files under their
///   owner. An owner that waits for something (a running task) gets turns until it is idle, for a
///   bounded time.
/// - O5: a broken invariant or a failing disk stops the node; nothing is retried over it.
@NullMarked
package nimble.node.loop;

import org.jspecify.annotations.NullMarked;
