package nimble.node.cli.option;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nimble.node.devnet.IsolatedNetwork;
import nimble.node.files.Mistake;
import nimble.vm.djl.DjlMachine;
import nimble.vm.djl.NoDevice;
import nimble.vm.djl.Numeric;

/// Nodes of a local network whose numeric class is chosen, as people name them.
public final class NumericOption {
  private NumericOption() {}

  /// What this machine can do, in words.
  public static String allowed() {
    return "%s on this machine"
        .formatted(
            Numeric.Cap.allowed().stream()
                .map(Numeric.Cap::toString)
                .collect(Collectors.joining(" or ")));
  }

  /// @param options NODE=CAP or NODE=CAP/THREADS each; NODE is the number of a validator, or of a
  ///   miner after these, or a name such as validator1 and miner0
  /// @return by the nodes' names
  public static SortedMap<String, Numeric> parse(List<String> options, int validators, int miners)
      throws Mistake {
    SortedMap<String, Numeric> chosen = new TreeMap<>();
    for (String option : options) {
      int equals = option.indexOf('=');
      if (equals < 0) {
        throw Mistake.of("--numeric must be NODE=CAP, was %s", option);
      }
      String node = node(option.substring(0, equals), validators, miners);
      if (chosen.put(node, numeric(option.substring(equals + 1))) != null) {
        throw Mistake.of("--numeric names %s twice", node);
      }
    }
    return chosen;
  }

  /// @param device of all nodes but those that say another
  public static SortedMap<String, Numeric> everywhere(
      SortedMap<String, Numeric> chosen, Numeric.Device device, int validators, int miners) {
    SortedMap<String, Numeric> all = new TreeMap<>(chosen);
    if (device != Numeric.Device.CPU) {
      for (int i = 0; i < validators + miners; i++) {
        all.merge(name(i, validators), Numeric.usual().on(device), (given, _) -> given.on(device));
      }
    }
    return all;
  }

  /// How the nodes of one kind compute.
  public static List<Numeric> of(String kind, int count, SortedMap<String, Numeric> chosen) {
    return IntStream.range(0, count)
        .mapToObj(i -> chosen.getOrDefault(kind + i, IsolatedNetwork.PORTABLE))
        .distinct()
        .toList();
  }

  /// The process's machine; empty as usual.
  public static DjlMachine machine(Optional<Numeric> chosen) throws Mistake {
    try {
      return chosen.map(DjlMachine::new).orElseGet(DjlMachine::new);
    } catch (NoDevice e) {
      throw Mistake.of("the device cannot be cuda: %s", String.valueOf(e.getMessage()));
    }
  }

  /// @param word of `--device`
  public static Numeric.Device device(String word) throws Mistake {
    return Numeric.Device.ofWord(word)
        .orElseThrow(() -> Mistake.of("--device must be cpu or cuda, was '%s'", word));
  }

  private static String name(int node, int validators) {
    return node < validators ? "validator" + node : "miner" + (node - validators);
  }

  /// @param words CAP, CAP/THREADS or either with /cuda, of what this machine can do
  public static Numeric numeric(String words) throws Mistake {
    Optional<Numeric> numeric = Numeric.of(words);
    if (numeric.isEmpty() || !Numeric.Cap.allowed().contains(numeric.get().cap())) {
      throw Mistake.of(
          "--numeric: CAP must be %s, with /THREADS for 1 to %d of them and /cuda for a GPU, was"
              + " '%s'",
          allowed(), Numeric.THREADS_MAX, words);
    }
    return numeric.get();
  }

  private static String node(String words, int validators, int miners) throws Mistake {
    for (int i = 0; i < validators + miners; i++) {
      String name = name(i, validators);
      if (words.equals(name) || words.equals(Integer.toString(i))) {
        return name;
      }
    }
    throw Mistake.of(
        "--numeric: NODE must be between 0 and %d (validators, then miners), or a name such as"
            + " validator0 or miner0, was '%s'",
        validators + miners - 1, words);
  }
}
