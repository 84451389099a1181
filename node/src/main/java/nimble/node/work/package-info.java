/// The roles of a node beside its chain: the miner, the gateway, the exchange of blobs. Each is an
/// owner that does what a state machine of `nimble.training.role..` asks for.
///
/// - W1: heavy tasks run on the machine's fixed compute pool, one at a time per slot.
/// - W2: a role learns of the chain from finalized state only.
/// - W3: tensors travel on the bulk lane; what is small (norms, roots, tokens) on control, so that
///   a large tensor never delays it.
/// - W4: evidence is put on the shelf in groups; peers get a group's chunks by hash until it is
///   dropped, and nothing of it stays.
/// - W5: nothing but a chunk of 1 byte to 1 MiB is kept, whatever a peer sends and its hash; a blob
///   whose chunks do not have the lengths that its manifest says does not exist.
/// - W6: of the blob store stays what the chain speaks of: the data of jobs that are not done and
///   what they go on from, checkpoints to which a job can go back, what a job made and its base for
///   [Wanted#RESULTS_MILLIS] after its end, published and deployed models for as long as they are,
///   and how they read and write text. All else goes after [Sweeper#GRACE_MILLIS]. What somebody
///   pinned ([Pins]) is on the shelf, and stays.
/// - W7: a blob that somebody named is gathered only up to what a blob of its kind may have
///   ([ModelBlob.Kind#bytesMax]): nothing of a larger one but its manifest ever comes here.
/// - W8: a node is a gateway with its operator's consent only: it keeps the models of, connects to
///   the hosts of, and answers for no deployment but its [Patrons]', whoever names it.
/// - W9: no chunk is read from disk for an answer that the asker's queue has no room for.
/// - W10: of what is gathered no more than [Blobs#IN_MEMORY_MAX] is put together in memory, and of
///   evidence nothing: who needs it reads it where it lies, part by part
///   ([nimble.codec.ByteSource]).
@NullMarked
package nimble.node.work;

import org.jspecify.annotations.NullMarked;
