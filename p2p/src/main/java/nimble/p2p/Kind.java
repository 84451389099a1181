package nimble.p2p;

import nimble.codec.Malformed;
import nimble.types.PublicKey;
import org.jspecify.annotations.Nullable;

/// What a message is: its code on the wire, its largest payload and how many a second one peer may
/// send on one lane (rule P3).
public enum Kind {
  // Of the transport itself.
  HELLO(0x01, 1 << 10, 2),
  PING(0x02, 16, 20),
  CLOSE(0x03, 1 << 10, 2),
  PART(0x04, Part.SIZE_MAX, 100_000),
  OPEN_BULK(0x05, 0, 2),

  // Of the transport, to join two connections at a relay: Circuit.
  RELAY_DIAL(0x06, PublicKey.SIZE, 2),
  RELAY_TAKE(0x07, Long.BYTES, 2),
  RELAY_CALL(0x08, Long.BYTES, 50),
  RELAY_READY(0x09, 0, 2),

  // Consensus: canonical bytes.
  VOTE(0x10, 4 << 10, 4_000),
  PROPOSAL(0x11, 4 << 20, 100),
  CERTIFICATE(0x12, 64 << 10, 1_000),

  // Blocks by hash or by height: Get, Chunk.
  BLOCK_GET(0x20, 32 << 10, 200),
  BLOCKS(0x21, 8 << 20, 200),

  // Gossip of transactions: Announce, Get, Chunk.
  TX_ANNOUNCE(0x30, 32 << 10, 500),
  TX_GET(0x31, 32 << 10, 500),
  TX_BODIES(0x32, 1 << 20, 500),

  // Gossip of work calls: Announce, Get, Chunk.
  CALL_ANNOUNCE(0x33, 32 << 10, 500),
  CALL_GET(0x34, 32 << 10, 500),
  CALL_BODIES(0x35, 1 << 20, 500),

  // Content-addressed chunks and their manifests: Get, Chunk.
  BLOB_GET(0x40, 32 << 10, 500),
  BLOBS(0x41, 8 << 20, 500),
  MANIFEST_GET(0x42, 32 << 10, 50),
  MANIFESTS(0x43, 8 << 20, 50),

  // Snapshots by height, their parts by hash: Get, Chunk.
  SNAPSHOT_GET(0x44, 32 << 10, 200),
  SNAPSHOTS(0x45, 8 << 20, 200),

  // How epochs ended, by their numbers: Get, Chunk.
  EPOCH_GET(0x46, 32, 200),
  EPOCHS(0x47, 2 << 20, 200),

  // Numbers between the parties of a job: a canonical name, then raw little-endian bytes.
  TENSOR(0x50, 256 << 20, 4_000),
  SCALARS(0x51, 64 << 10, 4_000),

  // Who can be dialled: nothing, PeerList.
  PEERS_GET(0x70, 0, 1),
  PEERS(0x71, 16 << 10, 1),

  // Who is reached through whom: nimble.p2p.relay's Word.
  RELAY_ASK(0x72, 1, 2),
  RELAY_ANSWER(0x73, 512, 2),
  RELAY_REACHED(0x74, 4 << 10, 2),
  RELAY_SEEK(0x75, 2 << 10, 2),
  RELAY_FOUND(0x76, 64 << 10, 2);

  /// Of answers, for one peer.
  public static final int ANSWERS_QUEUED_BYTES_MAX = 32 << 20;

  private static final @Nullable Kind[] BY_CODE = new @Nullable Kind[256];

  static {
    for (Kind kind : values()) {
      BY_CODE[kind.code] = kind;
    }
  }

  private final int code;
  private final int sizeMax;
  private final int perSecondMax;

  Kind(int code, int sizeMax, int perSecondMax) {
    this.code = code;
    this.sizeMax = sizeMax;
    this.perSecondMax = perSecondMax;
  }

  public int code() {
    return code;
  }

  public int sizeMax() {
    return sizeMax;
  }

  public int perSecondMax() {
    return perSecondMax;
  }

  /// What may wait for one peer before another message of this kind. Whoever asks for blobs and
  /// does not read them costs no more than this; work that both have agreed on may fill the lane.
  public int queuedBytesMax() {
    return isAnswer() ? ANSWERS_QUEUED_BYTES_MAX : Lane.BULK.queuedBytesMax();
  }

  /// Whether any stranger can have it sent, by asking (rule P7).
  public boolean isAnswer() {
    return switch (this) {
      case BLOCKS, TX_BODIES, CALL_BODIES, BLOBS, MANIFESTS, SNAPSHOTS, EPOCHS -> true;
      default -> false;
    };
  }

  /// Said between two transports, never between two owners.
  public boolean isTransport() {
    return code < VOTE.code;
  }

  public static Kind of(int code) throws Malformed {
    Kind kind = code < 0 || code >= BY_CODE.length ? null : BY_CODE[code];
    if (kind == null) {
      throw new Malformed("message kind 0x%02x is unknown".formatted(code));
    }
    return kind;
  }

  /// Refuses a payload of `size` bytes before anything is allocated for it.
  public void checkSize(long size) throws Malformed {
    if (size < 0 || size > sizeMax) {
      throw new Malformed("%s of %d bytes, at most %d".formatted(this, size, sizeMax));
    }
  }
}
