/// Large data by content: data sets, checkpoints, models, snapshots.
///
/// - B1: a blob is cut into chunks of exactly 1 MiB; only the last one is shorter, none is empty.
/// - B2: a chunk's name is `H("chunk", bytes)`.
/// - B3: a [Manifest] lists the blob's size and its chunks' names. Its own canonical bytes are at
///   most 1 MiB, so it is itself a chunk, and the blob's id is that chunk's name: who knows the id
///   fetches the manifest like any chunk, then the chunks.
/// - B4: `root` is the Merkle list root (RFC 6962) over the chunk names, for proofs that one chunk
///   belongs to a blob.
@NullMarked
package nimble.blob;

import org.jspecify.annotations.NullMarked;
