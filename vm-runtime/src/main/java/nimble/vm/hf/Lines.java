package nimble.vm.hf;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import nimble.codec.Malformed;

/// The lines of a text in UTF-8, one in memory at a time: one that is longer than it may be is
/// refused before more of it is read. What is wrong is said with file and line. One thread.
public final class Lines implements AutoCloseable {
  private final String name;
  private final InputStream in;
  private final int bytesMax;
  private int number;

  private Lines(String name, InputStream in, int bytesMax) {
    this.name = name;
    this.in = in;
    this.bytesMax = bytesMax;
  }

  /// @param bytesMax of a line
  public static Lines of(Path file, int bytesMax) throws IOException {
    return of(file.toString(), Files.newInputStream(file), bytesMax);
  }

  /// @param name for messages
  public static Lines of(String name, InputStream in, int bytesMax) {
    return new Lines(name, new BufferedInputStream(in), bytesMax);
  }

  /// The next one without its end; empty when there is none.
  public Optional<String> next() throws Malformed, IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    number++;
    int read = in.read();
    if (read < 0) {
      return Optional.empty();
    }
    for (; read >= 0 && read != '\n'; read = in.read()) {
      if (line.size() == bytesMax) {
        throw new Malformed("%s: a line of more than %d bytes".formatted(where(), bytesMax));
      }
      line.write(read);
    }
    String text = text(line.toByteArray());
    return Optional.of(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
  }

  private String text(byte[] line) throws Malformed {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
    } catch (CharacterCodingException e) {
      throw new Malformed("%s: not UTF-8 text".formatted(where()));
    }
  }

  /// Of the line that was read last, from 1.
  public int number() {
    return number;
  }

  /// `FILE:LINE`.
  public String where() {
    return name + ":" + number;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
