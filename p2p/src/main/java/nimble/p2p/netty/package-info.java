/// The network port over TCP and TLS 1.3.
///
/// One event loop owns a [NettyNetwork]: its connections, its peers, its queues; nothing of it is
/// touched from another thread but the counters and queues that `send` fills. Several networks may
/// share a loop group.
///
/// ```
/// send ──► Outbox ──► Connection ──► SslHandler ──► socket
///                  listener ◄── Connection ◄── FrameReader ◄── SslHandler ◄── socket
/// ```
///
/// A relayed connection has one more TLS around it, up to the relay, whose loop joins two of them:
///
/// ```
/// Connection ◄──► SslHandler ◄──► (Leg) ◄──► SslHandler ◄──► socket ◄──► relay
///                        socket ◄──► SslHandler ◄──► Splice ◄──► SslHandler ◄──► socket
/// ```
///
/// The rules P1 to P17 stand in [nimble.p2p].
@NullMarked
package nimble.p2p.netty;

import org.jspecify.annotations.NullMarked;
