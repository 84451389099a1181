package nimble.node.api;

import com.google.protobuf.ByteString;
import nimble.codec.Bytes;

/// Bytes between our values and protobuf's.
public final class Wire {
  private Wire() {}

  public static ByteString to(Bytes bytes) {
    return ByteString.copyFrom(bytes.asBuffer());
  }

  public static Bytes from(ByteString bytes) {
    return Bytes.wrap(bytes.toByteArray());
  }
}
