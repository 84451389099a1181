package nimble.training.role.serving;

import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.codec.Writer;
import nimble.training.role.DecodeTensor;
import nimble.training.role.SendTensor;
import nimble.training.role.serving.GatewayInput.Replica;
import nimble.types.PublicKey;
import nimble.vm.generation.Replay;
import nimble.vm.generation.Row;

/// A row that is over, whose hosts have yet to say what they did (R28).
final class Closing {
  private final DecodeTensor name;
  private final Replica replica;
  private final Row row;
  private final long fed;
  private final SortedMap<Integer, Replay> said = new TreeMap<>();
  private final SortedSet<Integer> owed = new TreeSet<>();

  /// @param name of the request to replay it
  /// @param fed positions that its hosts were given, what was asked again included
  Closing(DecodeTensor name, Replica replica, Row row, long fed) {
    this.name = name;
    this.replica = replica;
    this.row = row;
    this.fed = fed;
  }

  DecodeTensor name() {
    return name;
  }

  Replica replica() {
    return replica;
  }

  long fed() {
    return fed;
  }

  SendTensor replay() {
    return new SendTensor(replica.stages().getFirst(), name, Writer.encode(row::write));
  }

  /// The first word of each stage's host.
  void said(PublicKey from, int stage, Replay replay) {
    if (stage < replica.stages().size()
        && replica.stages().get(stage).equals(from)
        && replay.row().equals(row.hash())
        && replay.blocks().size() == Math.ceilDiv(row.positions(), Replay.BLOCK)) {
      said.putIfAbsent(stage, replay);
    }
  }

  /// Stages that are owed a promise by now, each once: what stands at both their edges is the same.
  ///
  /// @param late who has said nothing so far is not waited for
  SortedMap<Integer, Replay> owed(boolean late) {
    SortedMap<Integer, Replay> now = new TreeMap<>();
    said.forEach((stage, replay) -> {
      boolean left = stage == 0 || agree(stage - 1);
      boolean right =
          stage == replica.stages().size() - 1
              || agree(stage)
              || (late && !said.containsKey(stage + 1));
      if (left && right && owed.add(stage)) {
        now.put(stage, replay);
      }
    });
    return now;
  }

  /// What the stage put out is what the next was given.
  private boolean agree(int stage) {
    Replay before = said.get(stage);
    Replay after = said.get(stage + 1);
    return before != null && after != null && after.left().equals(before.right());
  }

  boolean isOver() {
    return owed.size() == replica.stages().size();
  }
}
