/// What speaks to a node's API: for `nbcli`, for the demo, for tests.
///
/// - Y1: every call ends: with an answer, or with a [nimble.node.client.ClientFailure] that says
///   whose turn it is to do something.
/// - Y2: what a node says of the chain can be checked here against the validators of genesis
///   ([nimble.node.client.LightClient]); nothing of it needs trust in that node.
@NullMarked
package nimble.node.client;

import org.jspecify.annotations.NullMarked;
