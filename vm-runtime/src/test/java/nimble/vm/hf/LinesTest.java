package nimble.vm.hf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import nimble.codec.Malformed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LinesTest {
  @Test
  void endsAreLeftOutAndLinesCounted() throws Exception {
    try (Lines lines =
        Lines.of(
            "f", new ByteArrayInputStream("a\n\r\nb\r\nc".getBytes(StandardCharsets.UTF_8)), 3)) {
      List<String> all = new ArrayList<>();
      Optional<String> line = lines.next();
      while (line.isPresent()) {
        all.add(lines.number() + line.get());
        line = lines.next();
      }
      assertEquals(List.of("1a", "2", "3b", "4c"), all);
    }
  }

  /// A reader that never ends: the limit holds before the line is here.
  @Test
  void aLineWithoutAnEndIsRefusedOnceItIsTooLong() throws Exception {
    long[] given = new long[1];
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            given[0]++;
            return 'x';
          }

          @Override
          public int read(byte[] target, int from, int length) {
            given[0] += length;
            Arrays.fill(target, from, from + length, (byte) 'x');
            return length;
          }
        };
    try (Lines lines = Lines.of("data.jsonl", endless, 100_000)) {
      Malformed refused = assertThrows(Malformed.class, lines::next);
      assertEquals("data.jsonl:1: a line of more than 100000 bytes", refused.reason());
      assertTrue(given[0] < 200_000, "%d were read".formatted(given[0]));
    }
  }

  @Test
  void whatIsNoTextIsRefusedByLine(@TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("f"), new byte[] {'a', '\n', (byte) 0xff, '\n'});
    try (Lines lines = Lines.of(file, 10)) {
      lines.next();
      Malformed refused = assertThrows(Malformed.class, lines::next);
      assertTrue(refused.reason().endsWith("f:2: not UTF-8 text"), refused.reason());
    }
  }
}
