package nimble.node.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Bytes that come one by one, as text: a character is shown when it is whole.
final class TextStream {
  private final Consumer<String> to;
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
  private final ByteArrayOutputStream all = new ByteArrayOutputStream();

  TextStream(Consumer<String> to) {
    this.to = to;
  }

  void add(byte[] bytes) {
    for (byte next : bytes) {
      boolean begins = (next & 0xc0) != 0x80;
      if (begins) {
        flush();
      }
      pending.write(next);
      all.write(next);
      if (next >= 0) {
        flush();
      }
    }
  }

  void end() {
    flush();
  }

  String whole() {
    return all.toString(StandardCharsets.UTF_8);
  }

  private void flush() {
    if (pending.size() > 0) {
      to.accept(pending.toString(StandardCharsets.UTF_8));
      pending.reset();
    }
  }
}
