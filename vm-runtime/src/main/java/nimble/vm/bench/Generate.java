package nimble.vm.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.vm.DecodeSession;
import nimble.vm.ModelSpec;
import nimble.vm.StageProgram;
import nimble.vm.djl.DjlMachine;
import nimble.vm.generation.Sampler;
import nimble.vm.generation.Sampling;
import nimble.vm.template.Gpt;
import nimble.vm.tensor.LittleEndian;
import nimble.vm.training.StageState;

/// Greedy generation with a GPT-2 of random weights in one piece, one answer and eight at a time:
/// tokens a second, on the clock and on the processor.
public final class Generate {
  private static final int PROMPT = 16;

  /// Answers before those that count, as many as the peer's.
  private static final int WARM_UP = 30;

  /// @param peer figures of another library for the same shape, a line of JSON
  private record Options(
      int vocabulary,
      int context,
      int layers,
      int heads,
      int width,
      int tokens,
      Optional<Path> json,
      Optional<Path> peer) {

    static Options parse(List<String> arguments) {
      int[] shape = {8_192, 512, 6, 6, 384, 128};
      List<String> names =
          List.of("--vocabulary", "--context", "--layers", "--heads", "--width", "--tokens");
      Optional<Path> json = Optional.empty();
      Optional<Path> peer = Optional.empty();
      if (arguments.size() % 2 != 0) {
        throw new IllegalArgumentException("every option takes a value: " + arguments);
      }
      for (int i = 0; i + 1 < arguments.size(); i += 2) {
        String name = arguments.get(i);
        String value = arguments.get(i + 1);
        switch (name) {
          case "--json" -> json = Optional.of(Path.of(value));
          case "--peer" -> peer = Optional.of(Path.of(value));
          default -> {
            int at = names.indexOf(name);
            if (at < 0) {
              throw new IllegalArgumentException("unknown option " + name);
            }
            shape[at] = Integer.parseInt(value);
          }
        }
      }
      if (PROMPT + shape[5] > shape[1]) {
        throw new IllegalArgumentException(
            "--tokens must be at most %d with --context %d".formatted(shape[1] - PROMPT, shape[1]));
      }
      return new Options(shape[0], shape[1], shape[2], shape[3], shape[4], shape[5], json, peer);
    }
  }

  private record Figure(double perSecond, double perProcessorSecond) {
    private String json() {
      return "{\"tokensPerSecond\": %s, \"tokensPerProcessorSecond\": %s}"
          .formatted(rounded(perSecond), rounded(perProcessorSecond));
    }

    private static String rounded(double number) {
      return String.format(Locale.ROOT, "%.1f", number);
    }
  }

  private Generate() {}

  public static void main(String[] arguments) {
    try {
      run(Options.parse(List.of(arguments)));
    } catch (UncheckedIOException | IOException | IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(1);
    }
  }

  private static void run(Options options) throws IOException {
    ModelSpec model =
        new Gpt(
                options.vocabulary(),
                options.context(),
                options.layers(),
                options.heads(),
                options.width(),
                true)
            .spec();
    Figure one;
    Figure eight;
    try (var machine = new DjlMachine();
        StageState state = StageState.initial(model.whole(1), 7);
        StageProgram program = machine.load(state.spec(), state.weights())) {
      one = measure(program, 1, options.tokens());
      eight = measure(program, 8, options.tokens());
    }
    String peer = options.peer().isPresent() ? Files.readString(options.peer().get()).strip() : "";
    String json =
        "{\"parameters\": %d, \"layers\": %d, \"width\": %d, \"context\": %d, \"tokens\": %d,\n"
                .formatted(
                    model.parameters(),
                    options.layers(),
                    options.width(),
                    options.context(),
                    options.tokens())
            + " \"batch1\": %s,\n \"batch8\": %s,\n \"peer\": %s}"
                .formatted(one.json(), eight.json(), peer.isEmpty() ? "null" : peer);
    System.out.println(json);
    if (options.json().isPresent()) {
      Files.writeString(options.json().get(), json + "\n");
    }
  }

  private static Figure measure(StageProgram program, int rows, int tokens) {
    for (int i = 0; i < WARM_UP; i++) {
      answer(program, rows, Math.min(tokens, 32), new Stopwatch());
    }
    Stopwatch watch = new Stopwatch();
    answer(program, rows, tokens, watch);
    double made = (double) rows * tokens;
    return new Figure(made / watch.wallSeconds(), made / watch.cpuSeconds());
  }

  private static void answer(StageProgram program, int rows, int tokens, Stopwatch watch) {
    List<DecodeSession> sessions = new ArrayList<>();
    List<Bytes> next = new ArrayList<>();
    watch.start();
    for (int row = 0; row < rows; row++) {
      sessions.add(program.decode());
      next.add(chosen(sessions.getLast().append(prompt(row))));
    }
    for (int token = 1; token < tokens; token++) {
      List<Bytes> outputs = program.append(sessions, next);
      next = outputs.stream().map(Generate::chosen).toList();
    }
    watch.stop();
    sessions.forEach(DecodeSession::close);
  }

  private static Bytes chosen(Bytes outputs) {
    int id = Sampler.choose(outputs, Sampling.GREEDY, new BitSet(), 0);
    return LittleEndian.ofInts(new int[] {id});
  }

  private static Bytes prompt(int row) {
    int[] ids = new int[PROMPT];
    for (int i = 0; i < PROMPT; i++) {
      ids[i] = (31 * row + 7 * i) % 256;
    }
    return LittleEndian.ofInts(ids);
  }
}
