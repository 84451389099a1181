/// The guard before the vote key: what it has signed last, in a file of its own beside the vote
/// log, so that neither a fault of the core, nor a lost log, nor a move to another machine makes a
/// validator contradict itself.
///
/// - H1: nothing of an earlier epoch than the last signed vote's is signed.
/// - H2: notarize is signed only for a view above the last one notarized and above the last one
///   nullified.
/// - H3: nullify is signed only for a view above the last one nullified and above the last one
///   finalized.
/// - H4: finalize is signed only for a view above the last one finalized and above the last one
///   nullified.
/// - H5: the very same vote as the last of its kind may be signed again.
/// - H6: a vote leaves only when the file says that it was signed, durably. The file holds two
///   slots in turn: a torn write leaves the one before, whose votes are all that ever left.
/// - H7: a history is memory once it holds a finalize vote, or any vote of an epoch after the
///   first. A new disk signs neither by itself: at first, while nobody answers, it signs as at a
///   launch, which says nothing of what the key has signed elsewhere.
///
/// H2 to H4 refuse more than what is punished: a vote for an old view. Newer views settle older
/// ones, so nothing is lost with it.
@NullMarked
package nimble.node.signing;

import org.jspecify.annotations.NullMarked;
