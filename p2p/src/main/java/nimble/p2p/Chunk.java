package nimble.p2p;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.p2p.wire.Wire;

/// An answer to a [Get]: what its sender has of what was asked for, in that order. `truncated` says
/// that it has more than fitted (rule P9).
public record Chunk(long request, List<Bytes> items, boolean truncated) {
  public static final int ITEMS_MAX = Announce.HASHES_MAX;
  private static final int HEAD_SIZE_MAX = 16;
  private static final int ITEM_HEAD_SIZE_MAX = 6;

  public Chunk {
    Invariant.check(request >= 0, "request %d", request);
    Invariant.check(items.size() <= ITEMS_MAX, "%d items", items.size());
    items = List.copyOf(items);
  }

  /// As many of `items` as a message of `kind` holds.
  public static Chunk fitting(Kind kind, long request, List<Bytes> items) {
    return fitting(kind, kind.sizeMax(), request, items);
  }

  /// As many of `items` as a message of `kind` and of at most `room` bytes holds.
  public static Chunk fitting(Kind kind, long room, long request, List<Bytes> items) {
    List<Bytes> taken = new ArrayList<>();
    long sizeMax = Math.min(kind.sizeMax(), room);
    int size = HEAD_SIZE_MAX;
    for (Bytes item : items) {
      if (taken.size() == ITEMS_MAX || item.size() > sizeMax - size - ITEM_HEAD_SIZE_MAX) {
        return new Chunk(request, taken, true);
      }
      taken.add(item);
      size += item.size() + ITEM_HEAD_SIZE_MAX;
    }
    return new Chunk(request, taken, false);
  }

  /// Whether there was something, and no room for any of it: then nothing is answered at all, which
  /// is asked for again, while an empty answer says that there is nothing.
  public boolean isCutToNothing() {
    return truncated && items.isEmpty();
  }

  public Message message(Kind kind) {
    Wire.Chunk.Builder wire = Wire.Chunk.newBuilder().setRequest(request).setTruncated(truncated);
    items.forEach(item -> wire.addItems(Envelope.of(item)));
    return Envelope.message(kind, wire.build());
  }

  public static Chunk decode(Message message) throws Malformed {
    try {
      Wire.Chunk wire = Wire.Chunk.parseFrom(message.payload().asBuffer());
      if (wire.getItemsCount() > ITEMS_MAX) {
        throw new Malformed("%d items, at most %d".formatted(wire.getItemsCount(), ITEMS_MAX));
      }
      List<Bytes> items = new ArrayList<>(wire.getItemsCount());
      for (ByteString item : wire.getItemsList()) {
        items.add(Envelope.of(item));
      }
      return new Chunk(Envelope.quantity(wire.getRequest()), items, wire.getTruncated());
    } catch (InvalidProtocolBufferException e) {
      throw Envelope.malformed(message.kind(), e);
    }
  }
}
