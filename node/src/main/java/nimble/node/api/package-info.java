/// What a node offers to clients, on one port: gRPC with reflection and health, the same as JSON
/// over HTTP, metrics, and whether it is alive and ready.
///
/// - A1: loopback only, and only under a loopback name: no page in a browser can make it its own.
/// - A2: answers come from finalized state; any thread may read it.
/// - A3: a stream is a cursor: it reads what is final from the database at its client's pace, and
///   [ChainFeed] only says that there is more. So a slow client costs nothing but its connection.
/// - A4: a node never holds a user's account key: transactions come signed.
/// - A5: what a client sends has limits: messages, streams at once, bytes of a blob, tokens.
/// - A6: so has what clients take: connections, requests at once, requests a second of one address,
///   and the time that a connection may stand without a request, whatever bytes trickle in.
@NullMarked
package nimble.node.api;

import org.jspecify.annotations.NullMarked;
