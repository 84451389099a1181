package nimble.training;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.ledger.Bonds;
import nimble.ledger.Overlay;
import nimble.ledger.StateView;
import nimble.training.spec.Limits;
import nimble.types.Address;
import nimble.types.JobId;

/// A miner that no longer holds a stage, while its bond answers for rounds that it did (J28).
///
/// @param until serials below this may be its
record Leaver(int stage, Address miner, int until) {
  static List<Leaver> of(StateView state, JobId id) {
    return state
        .read(Jobs.key(Jobs.LEAVERS, id), reader -> reader.list(Limits.REMATCHES_MAX, Leaver::read))
        .orElse(List.of());
  }

  /// Frees the device of whoever holds stage `index`, and its bond once nothing of its work can be
  /// contested any more.
  static void leave(Turn turn, int index) {
    Job job = turn.job();
    Address miner = turn.stage(index).miner();
    boolean contested =
        Lineage.unsettled(turn.state(), job).stream()
            .anyMatch(round -> round.stages().get(index).miner().equals(miner));
    if (contested && Bonds.lockOf(turn.state(), job.slot(index), miner).isPresent()) {
      List<Leaver> all = new ArrayList<>(of(turn.state(), job.id()));
      all.add(new Leaver(index, miner, job.progress().closed()));
      put(turn.state(), job.id(), all);
      Acceptance.freeDevice(turn, miner);
    } else {
      Acceptance.release(turn, index);
    }
  }

  /// Frees the bonds of those whose rounds are settled; of all when the job ends.
  static void settled(Turn turn) {
    Job job = turn.job();
    List<Leaver> waiting = new ArrayList<>();
    List<Leaver> all = of(turn.state(), job.id());
    for (Leaver leaver : all) {
      if (leaver.until() <= job.progress().settled()) {
        Bonds.unlock(turn.state(), job.slot(leaver.stage()), leaver.miner());
      } else {
        waiting.add(leaver);
      }
    }
    if (waiting.size() < all.size()) {
      put(turn.state(), job.id(), waiting);
    }
  }

  private static void put(Overlay state, JobId id, List<Leaver> leavers) {
    if (leavers.isEmpty()) {
      state.remove(Jobs.key(Jobs.LEAVERS, id));
    } else {
      state.write(
          Jobs.key(Jobs.LEAVERS, id),
          writer -> writer.list(leavers, Limits.REMATCHES_MAX, Leaver::write));
    }
  }

  private void write(Writer writer) {
    miner.write(writer.u8(stage));
    writer.u32(until);
  }

  private static Leaver read(Reader reader) throws Malformed {
    return new Leaver(reader.u8(), Address.read(reader), reader.length(Integer.MAX_VALUE));
  }
}
