/// What a node counts and measures. The names are frozen: dashboards and alerts of operators stand
/// on them; they are listed in the module's README.
///
/// - G1: a name is served from the start of the node on, whether anything has happened or not.
/// - G2: what happens is counted from the operator's log: [NodeMeters] hears every event, also
///   those that the log leaves out.
/// - G3: what stands is read when somebody asks.
@NullMarked
package nimble.node.metrics;

import org.jspecify.annotations.NullMarked;
