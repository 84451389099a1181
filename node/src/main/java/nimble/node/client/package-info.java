/// What speaks to a node's API: for `nbcli`, for the demo, for tests.
///
/// - Y1: every call ends: with an answer, or with a [nimble.node.client.ClientFailure] that says
///   whose turn it is to do something.
/// - Y2: what a node says of the chain can be checked here against the validators of genesis
///   ([nimble.node.client.LightClient]); nothing of it needs trust in that node.
/// - Y10: the newest block that was proven from a trusted point is remembered, one for each chain,
///   with its validators and that point, and the next proof goes on from there: shorter, and fresh
///   as trust where the point would have become too old (Y7). Never is a node's word remembered.
///   Another trusted point begins anew; what is older is proven from the point itself; another
///   chain under the same validators' votes is refused.
@NullMarked
package nimble.node.client;

import org.jspecify.annotations.NullMarked;
