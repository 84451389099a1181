/// Real validators as processes that are killed at any moment and started again, under load: what
/// [nimble.node.sim] shows in virtual time, shown once more with the operating system's processes,
/// files and sockets.
///
/// - K1: a kill is SIGKILL at a random moment: while a node runs, and while it starts. One node,
///   two (no quorum is left), or all at once.
/// - K2: no validator ever votes twice: in one view at most one notarize, one finalize, and no
///   nullify beside a finalize. Looked at are the vote logs that dead nodes leave, and the votes
///   that others say they have received.
/// - K3: what any node has shown to a client as final stands: at a height there is one block and
///   one state root, whoever is asked, before and after; and no node comes back with less than it
///   had shown.
/// - K4: a node is ready when its API shows the height that the chain had when the node was started
///   again. That takes at most [Plan#READY_MILLIS_MAX] on a calm machine.
/// - K5: nobody stops by itself, sees misconduct or bad votes, and the chain grows again after each
///   cycle.
/// - K6: at the end all stop in order when they are told to, and hold the same chain from its
///   beginning.
/// - K7: half of the kills are losses of power: before the node starts again, what it had not
///   synced is taken from its files (see [nimble.storage.file.PowerLoss]), any part of it.
@NullMarked
package nimble.node.crash;

import org.jspecify.annotations.NullMarked;
