package nimble.vm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Which linear maps get adapters: by the last part of their name in the [Layout], and by the names
/// that people know them under.
public enum LoraTarget {
  QKV(1, "qkv", "c_attn"),
  Q(2, "q", "q_proj"),
  K(4, "k", "k_proj"),
  V(8, "v", "v_proj"),
  OUT(16, "out", "o_proj", "c_proj"),
  GATE(32, "gate", "gate_proj"),
  UP(64, "up", "up_proj", "c_fc"),
  DOWN(128, "down", "down_proj", "c_proj");

  /// In the set of targets' canonical encoding.
  final int bit;

  private final String place;

  /// Immutable.
  @SuppressWarnings("ImmutableEnumChecker")
  private final List<String> names;

  LoraTarget(int bit, String place, String... names) {
    this.bit = bit;
    this.place = place;
    this.names = List.of(names);
  }

  /// The targets that go by a name; none when nobody knows it. GPT-2 calls two maps `c_proj`.
  public static List<LoraTarget> ofName(String name) {
    return Arrays.stream(values()).filter(target -> target.names.contains(name)).toList();
  }

  /// Every name, for messages.
  public static List<String> allNames() {
    List<String> all = new ArrayList<>();
    for (LoraTarget target : values()) {
      target.names.stream().filter(name -> !all.contains(name)).forEach(all::add);
    }
    return all;
  }

  /// Whether a linear map of that name is one of these.
  boolean isAt(String name) {
    return name.endsWith("." + place);
  }

  public List<String> names() {
    return names;
  }
}
