package nimble.p2p;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.types.Hash;

/// Between protobuf and our values. Sizes are bounded by [Kind] before anything comes here.
final class Envelope {
  private Envelope() {}

  static Message message(Kind kind, MessageLite wire) {
    return new Message(kind, Bytes.wrap(wire.toByteArray()));
  }

  static Malformed malformed(Kind kind, InvalidProtocolBufferException cause) {
    return new Malformed("%s: %s".formatted(kind, cause.getMessage()));
  }

  /// Without a copy: neither side can be written to.
  static ByteString of(Bytes bytes) {
    return UnsafeByteOperations.unsafeWrap(bytes.asBuffer());
  }

  static Bytes of(ByteString bytes) {
    return Bytes.wrap(bytes.toByteArray());
  }

  static Hash hash(ByteString bytes) throws Malformed {
    if (bytes.size() != Hash.SIZE) {
      throw new Malformed("hash of %d bytes".formatted(bytes.size()));
    }
    return new Hash(of(bytes));
  }

  static List<Hash> hashes(List<ByteString> items, int min, int max) throws Malformed {
    if (items.size() < min || items.size() > max) {
      throw new Malformed("%d hashes, between %d and %d".formatted(items.size(), min, max));
    }
    List<Hash> hashes = new ArrayList<>(items.size());
    for (ByteString item : items) {
      hashes.add(hash(item));
    }
    return hashes;
  }

  static long quantity(long value) throws Malformed {
    if (value < 0) {
      throw new Malformed("quantity %s".formatted(Long.toUnsignedString(value)));
    }
    return value;
  }
}
