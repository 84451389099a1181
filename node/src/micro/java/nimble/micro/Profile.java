package nimble.micro;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/// What Java's threads do in a recording with samples of processor time (`jdk.CPUTimeSample`), by
/// thread, by package of ours and by method: `scripts/bench profile FILE.jfr [FROM TO]`, in seconds
/// from the first sample. Alone of its class path: the launcher compiles it.
///
/// A sample belongs to the innermost frame of ours, with all that it calls in libraries.
final class Profile {
  private static final String EVENT = "jdk.CPUTimeSample";
  private static final String OURS = "nimble.";
  private static final int STEP_SECONDS = 5;
  private static final int LINES = 40;

  private record Sample(Instant at, String thread, List<String> frames) {
    /// The innermost of ours first.
    List<String> ours() {
      return frames.stream().filter(it -> it.startsWith(OURS)).toList();
    }
  }

  private Profile() {}

  public static void main(String[] args) {
    try {
      if (args.length != 1 && args.length != 3) {
        throw new IllegalArgumentException("usage: scripts/bench profile FILE.jfr [FROM TO]");
      }
      show(args);
    } catch (IOException | IllegalArgumentException e) {
      System.err.println("profile: " + e.getMessage());
      System.exit(1);
    }
  }

  private static void show(String... args) throws IOException {
    List<Sample> all = samples(Path.of(args[0]));
    if (all.isEmpty()) {
      throw new IOException("%s has no %s".formatted(args[0], EVENT));
    }
    Instant start = all.getFirst().at();
    double from = args.length == 3 ? Double.parseDouble(args[1]) : 0;
    double to = args.length == 3 ? Double.parseDouble(args[2]) : Double.MAX_VALUE;
    List<Sample> chosen =
        all.stream().filter(it -> isWithin(seconds(start, it.at()), from, to)).toList();
    Map<String, Integer> times = new TreeMap<>();
    all.forEach(
        it -> add(times, "%5d s".formatted((int) seconds(start, it.at()) / STEP_SECONDS * STEP_SECONDS)));
    System.out.println("samples by time: " + times);
    Map<String, Integer> threads = new TreeMap<>();
    Map<String, Integer> packages = new TreeMap<>();
    Map<String, Integer> methods = new TreeMap<>();
    Map<String, Integer> below = new TreeMap<>();
    for (Sample sample : chosen) {
      add(threads, sample.thread());
      List<String> ours = sample.ours();
      String innermost = ours.isEmpty() ? "none of ours" : ours.getFirst();
      add(methods, innermost);
      add(packages, ours.isEmpty() ? innermost : packageOf(innermost));
      Set<String> once = new LinkedHashSet<>(ours);
      once.forEach(it -> add(below, it));
    }
    print("threads", threads, chosen.size());
    print("packages", packages, chosen.size());
    print("methods, with what they call in libraries", methods, chosen.size());
    print("methods, with all that they call", below, chosen.size());
  }

  private static List<Sample> samples(Path file) throws IOException {
    List<Sample> samples = new ArrayList<>();
    try (RecordingFile recording = new RecordingFile(file)) {
      while (recording.hasMoreEvents()) {
        RecordedEvent event = recording.readEvent();
        if (event.getEventType().getName().equals(EVENT)) {
          samples.add(
              new Sample(
                  event.getStartTime(), name(event.getThread("eventThread")), frames(event)));
        }
      }
    }
    samples.sort(Comparator.comparing(Sample::at));
    return samples;
  }

  /// Threads of one kind under one name.
  private static String name(RecordedThread thread) {
    return thread == null || thread.getJavaName() == null
        ? "?"
        : thread.getJavaName().replaceAll("[0-9a-f]*[0-9][0-9a-f]*", "*");
  }

  private static List<String> frames(RecordedEvent event) {
    RecordedStackTrace trace = event.getStackTrace();
    return trace == null ? List.of() : trace.getFrames().stream().map(Profile::method).toList();
  }

  /// Lambdas have classes of their own; what they call has a name.
  private static String method(RecordedFrame frame) {
    String type = frame.getMethod().getType().getName();
    int lambda = type.indexOf("$$");
    return (lambda < 0 ? type : type.substring(0, lambda)) + "." + frame.getMethod().getName();
  }

  private static String packageOf(String method) {
    String type = method.substring(0, method.lastIndexOf('.'));
    return type.substring(0, type.lastIndexOf('.'));
  }

  private static double seconds(Instant start, Instant at) {
    return Duration.between(start, at).toNanos() / 1e9;
  }

  private static boolean isWithin(double at, double from, double to) {
    return at >= from && at < to;
  }

  private static void add(Map<String, Integer> counts, String name) {
    counts.merge(name, 1, Integer::sum);
  }

  private static void print(String title, Map<String, Integer> counts, int all) {
    PrintStream out = System.out;
    out.printf("%n%s%n", title);
    counts.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .limit(LINES)
        .forEach(it -> out.printf("%5.1f %%  %s%n", 100.0 * it.getValue() / all, it.getKey()));
  }
}
