/// Large data by content: data sets, checkpoints, models, snapshots.
///
/// - B1: a blob is cut into chunks of exactly 1 MiB; only the last one is shorter, none is empty.
/// - B2: a chunk's name is `H("chunk", bytes)`.
/// - B3: a [Manifest] lists the blob's size and its chunks' names. Its own canonical bytes are at
///   most 1 MiB, so it is itself a chunk, and the blob's id is that chunk's name: who knows the id
///   fetches the manifest like any chunk, then the chunks.
/// - B4: `root` is the Merkle list root (RFC 6962) over the chunk names, for proofs that one chunk
///   belongs to a blob.
///
/// Bundles that many hold together:
/// - B5: a [ReedSolomon] code of `needed` of at most 256 shards: over GF(2⁸), systematic, its other
///   rows those of a Cauchy matrix, so that any `needed` shards give the data.
/// - B6: a bundle is cut into `needed` stretches of one length, the last filled up with zeros, and
///   encoded; every shard is a blob. [Shards] lists them; its root, `H("shards", size ‖ Merkle list
///   root over their ids)`, commits to all. What is not in the list is no shard; a list that is not
///   of one bundle shows when any `needed` of its shards are decoded and encoded again.
/// - B7: bundles of more than [Shards#BUNDLE_BYTES_MAX] are not cut, joined or read.
@NullMarked
package nimble.blob;

import org.jspecify.annotations.NullMarked;
