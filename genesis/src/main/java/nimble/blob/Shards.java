package nimble.blob;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.check.Invariant;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.crypto.Merkle;
import nimble.types.Hash;

/// A bundle of `size` bytes as it was cut into shards (B6): the list that comes before them.
///
/// @param ids of the shards' blobs, in order
public record Shards(long size, List<Hash> ids) {
  public static final int SHARD_BYTES_MAX = 1 << 30;

  /// Larger bundles are neither cut nor joined: with all shards that takes several times as much
  /// memory.
  public static final long BUNDLE_BYTES_MAX = 192L << 20;

  private static final int VERSION = 1;

  public Shards {
    Invariant.check(
        size > 0 && ids.size() <= ReedSolomon.SHARDS_MAX, "%d bytes, %d shards", size, ids.size());
    ids = List.copyOf(ids);
  }

  /// @param shards in order
  public record Cut(Shards list, List<Blob> shards) {
    public Cut {
      shards = List.copyOf(shards);
    }
  }

  /// Cuts a bundle that is not empty.
  ///
  /// @throws IllegalStateException when it is larger than [#BUNDLE_BYTES_MAX]
  public static Cut cut(ReedSolomon code, Rope bundle) {
    checkSize(bundle.size());
    int length = shardBytes(bundle.size(), code.needed());
    List<Bytes> all = new ArrayList<>();
    for (int i = 0; i < code.needed(); i++) {
      all.add(bundle.read((long) i * length, length));
    }
    all.addAll(code.encode(all));
    List<Blob> blobs = all.stream().map(Blob::of).toList();
    return new Cut(new Shards(bundle.size(), blobs.stream().map(Blob::id).toList()), blobs);
  }

  /// The bundle, from any `needed` of its shards, if it was this that was cut.
  ///
  /// @param some whose names are those of the list
  /// @throws IllegalStateException when it is larger than [#BUNDLE_BYTES_MAX]; nothing is read then
  /// @throws Malformed when the shards of the list are not what the bundle that these give is cut
  ///   into: whoever made the list did not make it of one bundle
  public Rope join(ReedSolomon code, SortedMap<Integer, ? extends ByteSource> some)
      throws Malformed {
    checkSize(size);
    SortedMap<Integer, Bytes> shards = new TreeMap<>();
    some.forEach((index, shard) -> shards.put(index, shard.whole()));
    Rope bundle = new Rope(code.decode(shards)).cutOff(size);
    if (!cut(code, bundle).list().equals(this)) {
      throw new Malformed("the shards are not those of one bundle");
    }
    return bundle;
  }

  private static void checkSize(long bytes) {
    if (bytes > BUNDLE_BYTES_MAX) {
      throw new IllegalStateException(
          "a bundle of %d bytes, at most %d fit into memory".formatted(bytes, BUNDLE_BYTES_MAX));
    }
  }

  /// Whether it is a list of that code's, of shards that are not too large.
  public boolean fits(ReedSolomon code) {
    return ids.size() == code.total() && size <= (long) SHARD_BYTES_MAX * code.needed();
  }

  /// Of each shard.
  public int shardBytes(int needed) {
    return shardBytes(size, needed);
  }

  private static int shardBytes(long size, int needed) {
    return Math.toIntExact(Math.ceilDiv(size, needed));
  }

  /// What those who hold shards sign for.
  public Hash root() {
    Hash names = Merkle.root(ids.stream().map(Hash::bytes).toList());
    return Hashing.of("shards", Bytes.ofU64(size), names.bytes());
  }

  public Bytes encode() {
    return Writer.encode(this::write);
  }

  public void write(Writer writer) {
    writer.u8(VERSION).i64(size).list(ids, ReedSolomon.SHARDS_MAX, Hash::write);
  }

  public static Shards read(Reader reader) throws Malformed {
    reader.version(VERSION);
    long size = reader.i64();
    List<Hash> ids = reader.list(ReedSolomon.SHARDS_MAX, Hash::read);
    if (size == 0) {
      throw new Malformed("an empty bundle");
    }
    return new Shards(size, ids);
  }
}
