package nimble.node.sim;

import java.util.function.Consumer;
import nimble.sim.Sim;

/// What happens in a world: lines for people, and a digest that is equal for equal runs (W1).
final class Trace {
  private final Sim sim;
  private final Consumer<String> story;
  private long digest;
  private long events;

  Trace(Sim sim, Consumer<String> story) {
    this.sim = sim;
    this.story = story;
  }

  /// Something that only the digest remembers.
  void event(String who, String what, long detail) {
    events++;
    mix(sim.nowMillis());
    mix(who.hashCode());
    mix(what.hashCode());
    mix(detail);
  }

  /// Something worth telling.
  void tell(String what) {
    event("", what, 0);
    story.accept("%9.3f s  %s".formatted(sim.nowMillis() / 1_000.0, what));
  }

  long events() {
    return events;
  }

  long digest() {
    return digest;
  }

  /// Steele, Lea, Flood: SplitMix64's finalizer.
  private void mix(long value) {
    long z = digest * 31 + value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    digest = z ^ (z >>> 31);
  }
}
