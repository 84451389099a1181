package nimble.sim;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// A decoder of bytes from outside, and what must hold for any bytes: they are refused with
/// [Malformed], or what they mean is written as the same bytes again; nothing else is thrown, and
/// memory is taken in proportion to the input only.
///
/// Each package with such decoders has a `FuzzTest` that names them. As a test it replays the
/// corpus (`fuzz/<name>/` among the test resources: seeds, and every input that ever failed; and
/// the bytes that [Conformance] pins under that name) and a fixed number of mutations of it;
/// `scripts/fuzz` lets Jazzer loose on the same class, guided by coverage. At least one of a corpus
/// decodes: when an encoding changes, its seeds are written anew.
public final class FuzzTarget {
  /// What a decoder may allocate: this, and [#ALLOCATION_FACTOR] bytes for each byte of input.
  private static final long ALLOCATION_MIN = 4 << 20;

  private static final long ALLOCATION_FACTOR = 256;
  private static final int MUTATIONS = 400;
  private static final int INPUT_MAX = 1 << 16;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /// Decodes, and writes again what was decoded.
  @FunctionalInterface
  public interface Way {
    Bytes through(Bytes input) throws Malformed;
  }

  private final String name;
  private final Way way;

  private FuzzTarget(String name, Way way) {
    this.name = name;
    this.way = way;
  }

  /// Of a canonical encoding.
  public static <T> FuzzTarget of(
      String name, Reader.Decoder<? extends T> read, BiConsumer<T, Writer> write) {
    return through(
        name,
        input -> {
          T value = Reader.decode(input, read);
          return Writer.encode(writer -> write.accept(value, writer));
        });
  }

  /// Of a decoder with a form of its own; returns what it wrote.
  public static FuzzTarget through(String name, Way way) {
    return new FuzzTarget(name, way);
  }

  /// Of an encoding with several forms of one value (protobuf, JSON, YAML): what is written is read
  /// as the same value again.
  public static <T> FuzzTarget loose(String name, Decode<T> decode, Function<T, Bytes> encode) {
    return through(
        name,
        input -> {
          T value = decode.from(input);
          Bytes written = encode.apply(value);
          if (!decode.from(written).equals(value)) {
            throw new AssertionError("%s comes back as another: %s".formatted(value, written));
          }
          return input;
        });
  }

  /// Reads a value from all of the bytes.
  @FunctionalInterface
  public interface Decode<T> {
    T from(Bytes input) throws Malformed;
  }

  /// Checks one input.
  public void run(Bytes input) {
    long most = ALLOCATION_MIN + ALLOCATION_FACTOR * input.size();
    long taken = allocated(input);
    // The first time also loads classes.
    if (taken > most && allocated(input) > most) {
      throw new AssertionError(
          "%s takes %d bytes of memory for %d of input".formatted(name, taken, input.size()));
    }
  }

  private long allocated(Bytes input) {
    long thread = Thread.currentThread().threadId();
    long before = THREADS.getThreadAllocatedBytes(thread);
    try {
      Bytes again = way.through(input);
      if (!again.equals(input)) {
        throw new AssertionError("%s: %s is written as %s".formatted(name, input, again));
      }
    } catch (Malformed expected) {
      // What most bytes are.
    }
    return THREADS.getThreadAllocatedBytes(thread) - before;
  }

  /// One input of Jazzer's, for the target that `-Dfuzz.target` names.
  public static void run(List<FuzzTarget> targets, byte[] input) {
    String chosen = System.getProperty("fuzz.target", "");
    targets.stream()
        .filter(target -> target.name.equals(chosen))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "fuzz.target must be one of %s"
                    .formatted(targets.stream().map(it -> it.name).toList())))
        .run(Bytes.copyOf(input));
  }

  /// The corpus of every target, and mutations of it: the same ones in every run.
  public static void replay(Class<?> home, List<FuzzTarget> targets) {
    for (FuzzTarget target : targets) {
      List<Bytes> corpus = target.corpus(home);
      corpus.forEach(target::checked);
      if (corpus.stream().noneMatch(target::takes)) {
        throw new AssertionError(
            "nothing in fuzz/%s decodes: write a seed, such as the bytes of a conformance file"
                .formatted(target.name));
      }
      SplittableRandom random = new SplittableRandom(target.name.hashCode());
      for (int i = 0; i < MUTATIONS; i++) {
        target.checked(mutated(corpus.get(random.nextInt(corpus.size())), corpus, random));
      }
    }
  }

  private void checked(Bytes input) {
    try {
      run(input);
    } catch (RuntimeException | AssertionError failure) {
      throw new AssertionError("%s fails on %s".formatted(name, input), failure);
    }
  }

  private boolean takes(Bytes input) {
    try {
      way.through(input);
      return true;
    } catch (Malformed e) {
      return false;
    }
  }

  /// At least the empty input.
  private List<Bytes> corpus(Class<?> home) {
    List<Bytes> corpus = new ArrayList<>(List.of(Bytes.EMPTY));
    try {
      for (Path file : files(home, "/fuzz/" + name)) {
        corpus.add(Bytes.wrap(Files.readAllBytes(file)));
      }
      String dashed = name.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
      String pinned = "(%s|%s(-[A-Z]\\w*)?)\\.hex".formatted(name, dashed);
      for (Path file : files(home, "/conformance")) {
        if (String.valueOf(file.getFileName()).matches(pinned)) {
          corpus.add(Bytes.hex(Files.readString(file).replaceAll("#.*|\\s", "")));
        }
      }
      return corpus;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Malformed e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Path> files(Class<?> home, String folder) throws IOException {
    URL found = home.getResource(folder);
    if (found == null) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(Path.of(found.toURI()))) {
      return files.sorted().toList();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Bytes mutated(Bytes seed, List<Bytes> corpus, SplittableRandom random) {
    Bytes input = seed;
    for (int left = 1 + random.nextInt(4); left > 0; left--) {
      int at = random.nextInt(input.size() + 1);
      Bytes head = input.slice(0, at);
      Bytes tail = input.slice(at, input.size());
      Bytes other = corpus.get(random.nextInt(corpus.size()));
      input =
          switch (random.nextInt(5)) {
            case 0 -> head;
            case 1 -> Bytes.concat(head, one(random), tail);
            case 2 -> Bytes.concat(head, other.slice(Math.min(at, other.size()), other.size()));
            case 3 -> Bytes.concat(head, tail.slice(Math.min(1, tail.size()), tail.size()));
            default ->
                Bytes.concat(head, one(random), tail.slice(Math.min(1, tail.size()), tail.size()));
          };
      if (input.size() > INPUT_MAX) {
        return input.slice(0, INPUT_MAX);
      }
    }
    return input;
  }

  private static Bytes one(SplittableRandom random) {
    int[] likely = {0, 1, 2, 0x7f, 0x80, 0xff};
    int value = random.nextBoolean() ? likely[random.nextInt(likely.length)] : random.nextInt(256);
    return Bytes.wrap(new byte[] {(byte) value});
  }
}
