/// A wide network on one machine: every validator a process in a network namespace of its own, long
/// and lossy wires between them, and partitions.
///
/// - X1: hosts hang on a star. A packet from one to another takes the access delay of both, and is
///   lost with the sender's chance; TCP is the kernel's own on both ends.
/// - X2: the wires are `tc netem` on veth pairs where the kernel has it. Where it has not, each
///   host has a TUN device and one thread of the harness carries packets between them, with the
///   same delays and losses. The figures say which.
/// - X3: only namespaces, bridges and devices made here are touched, all are named after the
///   harness's process, and all are removed at the end.
/// - X4: a commit takes from the proposer's clock in the header to the moment that a node holds the
///   block final: one machine, one clock. In Simplex that is three one-way delays: the proposal,
///   the notarize votes, the finalize votes.
@NullMarked
package nimble.node.wide;

import org.jspecify.annotations.NullMarked;
