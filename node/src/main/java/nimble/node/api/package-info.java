/// What a node offers to clients, on one port: gRPC with reflection and health, the same as JSON
/// over HTTP, metrics, and whether it is alive and ready.
///
/// - A1: loopback only, and only under a loopback name: no page in a browser can make it its own.
/// - A2: answers come from finalized state, each of one moment (N16); any thread may read it. What
///   fails inside is in the log.
/// - A3: a stream is a cursor: it reads what is final from the database at its client's pace, and
///   [ChainFeed] only says that there is more. So a slow client costs nothing but its connection.
/// - A4: a node never holds a user's account key: transactions come signed.
/// - A5: what a client sends has limits: messages, streams at once, bytes of a blob, tokens.
/// - A6: so has what clients take: connections, requests at once, requests a second of one address,
///   and the time that a connection may stand without a request, whatever bytes trickle in. Calls
///   that wait for something, such as a tokenizer from a peer, keep no others waiting.
/// - A7: who speaks to OpenAI's API speaks to `/v1/models`, `/v1/completions` and
///   `/v1/chat/completions` without a change: streams as server-sent events, errors in its shape,
///   tokens counted. A field that we do not know or cannot honour is refused by name.
/// - A8: where tokens are drawn and a client gives no seed, it is of the answer's id, which is of
///   all that was asked and of a number that no other answer has, and of the beacon of the block
///   after the one that was final when the id was given. The answer names both ([DrawnSeed]).
@NullMarked
package nimble.node.api;

import org.jspecify.annotations.NullMarked;
