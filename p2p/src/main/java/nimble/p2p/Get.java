package nimble.p2p;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.p2p.wire.Wire;
import nimble.types.Hash;

/// "Give me these": a request that a [Chunk] with the same number answers.
public record Get(long request, Wanted wanted) {
  public Get {
    Invariant.check(request >= 0, "request %d", request);
  }

  /// What is asked for.
  public sealed interface Wanted {}

  public record ByHash(List<Hash> hashes) implements Wanted {
    public ByHash {
      Invariant.check(
          !hashes.isEmpty() && hashes.size() <= Announce.HASHES_MAX, "%d hashes", hashes.size());
      hashes = List.copyOf(hashes);
    }
  }

  /// Heights `from .. from + count - 1`.
  public record ByHeight(long from, int count) implements Wanted {
    public static final int COUNT_MAX = 128;

    public ByHeight {
      Invariant.check(
          from >= 0 && count > 0 && count <= COUNT_MAX && from <= Long.MAX_VALUE - count,
          "%d heights from %d",
          count,
          from);
    }
  }

  public Message message(Kind kind) {
    Wire.Get.Builder wire = Wire.Get.newBuilder().setRequest(request);
    switch (wanted) {
      case ByHash(List<Hash> hashes) ->
          hashes.forEach(hash -> wire.addHashes(Envelope.of(hash.bytes())));
      case ByHeight(long from, int count) -> wire.setFrom(from).setCount(count);
    }
    return Envelope.message(kind, wire.build());
  }

  /// More heights than [ByHeight#COUNT_MAX] are cut to it, never refused (rule P9).
  public static Get decode(Message message) throws Malformed {
    try {
      Wire.Get wire = Wire.Get.parseFrom(message.payload().asBuffer());
      return new Get(Envelope.quantity(wire.getRequest()), wanted(wire));
    } catch (InvalidProtocolBufferException e) {
      throw Envelope.malformed(message.kind(), e);
    }
  }

  private static Wanted wanted(Wire.Get wire) throws Malformed {
    if (wire.getCount() == 0) {
      if (wire.getFrom() != 0) {
        throw new Malformed("no heights from %d".formatted(wire.getFrom()));
      }
      return new ByHash(Envelope.hashes(wire.getHashesList(), 1, Announce.HASHES_MAX));
    }
    long from = Envelope.quantity(wire.getFrom());
    if (wire.getHashesCount() > 0 || from > Long.MAX_VALUE - ByHeight.COUNT_MAX) {
      throw new Malformed("request for hashes and heights, or beyond the last height");
    }
    return new ByHeight(
        from, (int) Math.min(Integer.toUnsignedLong(wire.getCount()), ByHeight.COUNT_MAX));
  }
}
