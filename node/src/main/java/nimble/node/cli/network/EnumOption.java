package nimble.node.cli.network;

import java.util.List;
import java.util.Optional;
import nimble.node.files.Mistake;

/// An option that takes one of a few words.
final class EnumOption {
  private EnumOption() {}

  static <E extends Enum<E>> Optional<E> parse(String option, Optional<String> given, E[] all)
      throws Mistake {
    if (given.isEmpty()) {
      return Optional.empty();
    }
    for (E each : all) {
      if (each.name().equals(given.get())) {
        return Optional.of(each);
      }
    }
    throw Mistake.of("%s must be one of %s, was %s", option, List.of(all), given.get());
  }
}
