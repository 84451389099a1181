package nimble.node.cli;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nimble.genesis.Genesis;
import nimble.node.files.Mistake;
import nimble.training.fault.Fault;

/// Miners that misbehave on purpose, as people name them.
final class FaultOption {
  private static final String MAIN_PREFIX = "nim";

  private FaultOption() {}

  /// @param options INDEX=ACTOR each
  static SortedMap<Integer, Fault> parse(List<String> options, int miners) throws Mistake {
    SortedMap<Integer, Fault> faults = new TreeMap<>();
    for (String option : options) {
      int equals = option.indexOf('=');
      if (equals < 0) {
        throw Mistake.of("--fault must be INDEX=ACTOR, was %s", option);
      }
      int miner = index(option.substring(0, equals), miners);
      if (faults.put(miner, actor(option.substring(equals + 1))) != null) {
        throw Mistake.of("--fault names miner %d twice", miner);
      }
    }
    return faults;
  }

  /// Refused where anything is at stake.
  static Fault of(String actor, Genesis genesis) throws Mistake {
    if (genesis.prefix().equals(MAIN_PREFIX)) {
      throw Mistake.of("--fault is for devnets, %s is none", genesis.chain());
    }
    return actor(actor);
  }

  private static int index(String words, int miners) throws Mistake {
    try {
      int index = Integer.parseInt(words);
      if (index >= 0 && index < miners) {
        return index;
      }
    } catch (NumberFormatException e) {
      // Said below, like a number out of range.
    }
    throw Mistake.of("--fault: INDEX must be between 0 and %d, was %s", miners - 1, words);
  }

  static Fault actor(String name) throws Mistake {
    return Fault.of(name)
        .orElseThrow(() ->
            Mistake.of(
                "--fault: ACTOR must be one of %s, was %s",
                Stream.of(Fault.values()).map(Fault::toString).collect(Collectors.joining(", ")),
                name));
  }
}
