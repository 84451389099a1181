package nimble.vm.djl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import nimble.check.Invariant;

/// What an operator can choose of a machine's numeric class: the rest is the machine (D2). The
/// library reads it once a process.
///
/// @param threads of one computation
/// @param device what computes; the CPU's settings hold for the rest
public record Numeric(Cap cap, int threads, Device device) {
  public static final int THREADS_MAX = 256;

  /// What stages are computed on.
  public enum Device {
    CPU,
    CUDA;

    /// As people write it.
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Device> ofWord(String word) {
      return Arrays.stream(values())
          .filter(device -> device.toString().equals(word.toLowerCase(Locale.ROOT)))
          .findFirst();
    }
  }

  /// The instruction set up to which the library may go.
  public enum Cap {
    /// The library's portable code: what every x86 machine has.
    DEFAULT("default", "SSE4_2", "SSE41"),
    AVX2("avx2", "AVX2", "AVX2"),
    AVX512("avx512", "AVX512", "AVX512_CORE");

    private final String word;
    private final String mkl;
    private final String onednn;

    Cap(String word, String mkl, String onednn) {
      this.word = word;
      this.mkl = mkl;
      this.onednn = onednn;
    }

    /// As ATen and people write it.
    @Override
    public String toString() {
      return word;
    }

    String mkl() {
      return mkl;
    }

    String onednn() {
      return onednn;
    }

    /// Those that this machine has, the least first.
    public static List<Cap> allowed() {
      return allowed(System.getProperty("os.arch", ""), processor());
    }

    static List<Cap> allowed(String architecture, Optional<String> processor) {
      List<Cap> allowed = new ArrayList<>(List.of(DEFAULT));
      if (architecture.equals("amd64")) {
        // Told to, the library takes instructions that the processor may not have.
        List<String> flags = List.of(processor.orElse("avx2").split("\\s+"));
        if (flags.contains("avx2")) {
          allowed.add(AVX2);
        }
        if (flags.containsAll(List.of("avx512f", "avx512vl", "avx512bw", "avx512dq"))) {
          allowed.add(AVX512);
        }
      }
      return allowed;
    }

    public static Optional<Cap> ofWord(String word) {
      return Arrays.stream(values())
          .filter(cap -> cap.word.equals(word.toLowerCase(Locale.ROOT)))
          .findFirst();
    }
  }

  public Numeric {
    Invariant.check(threads >= 1 && threads <= THREADS_MAX, "%d threads", threads);
  }

  /// On the CPU.
  public Numeric(Cap cap, int threads) {
    this(cap, threads, Device.CPU);
  }

  public Numeric on(Device other) {
    return new Numeric(cap, threads, other);
  }

  /// What a process takes when nobody says anything: all that the processor has, one thread.
  public static Numeric usual() {
    return new Numeric(Cap.allowed().getLast(), 1);
  }

  /// `avx2`, or with two threads `avx2/2`; on a GPU `avx2/cuda`.
  @Override
  public String toString() {
    return cap + (threads == 1 ? "" : "/" + threads) + (device == Device.CPU ? "" : "/" + device);
  }

  /// The inverse of [#toString]; empty for what is not of that form. Whether this machine can is
  /// another question.
  public static Optional<Numeric> of(String text) {
    List<String> parts = new ArrayList<>(List.of(text.split("/", -1)));
    Device device =
        parts.size() > 1 ? Device.ofWord(parts.getLast()).orElse(Device.CPU) : Device.CPU;
    if (device != Device.CPU) {
      parts.removeLast();
    }
    Optional<Cap> cap = Cap.ofWord(parts.getFirst());
    try {
      int threads = parts.size() == 1 ? 1 : Integer.parseInt(parts.get(1));
      return parts.size() > 2 || threads < 1 || threads > THREADS_MAX
          ? Optional.empty()
          : cap.map(it -> new Numeric(it, threads, device));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /// What Linux says of the first processor; empty elsewhere.
  private static Optional<String> processor() {
    Path file = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(file)) {
      return Optional.empty();
    }
    try (var lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
