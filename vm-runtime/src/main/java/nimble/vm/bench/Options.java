package nimble.vm.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The command line of [Smoke].
record Options(Path text, int steps, int microBatches, Optional<Path> json) {
  static Options parse(List<String> arguments) {
    Path text = Path.of("../shared/data/tinyshakespeare.txt");
    int steps = 2_000;
    int microBatches = 3;
    Optional<Path> json = Optional.empty();
    if (arguments.size() % 2 != 0) {
      throw new IllegalArgumentException("every option takes a value: " + arguments);
    }
    for (int i = 0; i + 1 < arguments.size(); i += 2) {
      String value = arguments.get(i + 1);
      switch (arguments.get(i)) {
        case "--text" -> text = Path.of(value);
        case "--steps" -> steps = Integer.parseInt(value);
        case "--micro-batches" -> microBatches = Integer.parseInt(value);
        case "--json" -> json = Optional.of(Path.of(value));
        default -> throw new IllegalArgumentException("unknown option " + arguments.get(i));
      }
    }
    return new Options(text, steps, microBatches, json);
  }
}
