package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.StageSlot;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.ledger.Keys;
import nimble.ledger.Overlay;
import nimble.ledger.StateView;
import nimble.types.Address;
import nimble.types.JobId;

/// Deployments in state. Their numbers are jobs': a job trains or serves.
public final class Deployments {
  /// On the whole chain: a block looks at each.
  public static final int ACTIVE_MAX = 256;

  /// Seats of one miner.
  static final int HOSTED_MAX = 16;

  private static final int DEPLOYMENT = Keys.RULES + 43; // job → Deployment
  private static final int ACTIVE = Keys.RULES + 44; // → list of those that are not over
  private static final int HOSTED = Keys.RULES + 45; // miner → list of Hosted

  private Deployments() {}

  /// A seat that a miner has, and the memory that it takes.
  public record Hosted(StageSlot slot, long memoryBytes) {
    void write(Writer writer) {
      slot.write(writer);
      writer.i64(memoryBytes);
    }

    static Hosted read(Reader reader) throws Malformed {
      return new Hosted(StageSlot.read(reader), reader.i64());
    }
  }

  public static Optional<Deployment> load(StateView state, JobId id) {
    return state.read(key(id), Deployment::read);
  }

  /// The key of a deployment in state, for proofs.
  public static Bytes key(JobId id) {
    return Jobs.key(DEPLOYMENT, id);
  }

  /// Those that are not over, oldest first.
  public static List<JobId> active(StateView state) {
    return state
        .read(Jobs.key(ACTIVE), reader -> reader.list(ACTIVE_MAX, JobId::read))
        .orElse(List.of());
  }

  /// What a miner hosts.
  public static List<Hosted> of(StateView state, Address miner) {
    return state
        .read(Jobs.key(HOSTED, miner), reader -> reader.list(HOSTED_MAX, Hosted::read))
        .orElse(List.of());
  }

  public static long memoryBytes(StateView state, Address miner) {
    return of(state, miner).stream().mapToLong(Hosted::memoryBytes).reduce(0, Math::addExact);
  }

  static void put(Overlay state, Deployment deployment) {
    state.write(key(deployment.id()), deployment::write);
  }

  static void putActive(Overlay state, List<JobId> ids) {
    state.write(Jobs.key(ACTIVE), writer -> writer.list(ids, ACTIVE_MAX, (id, to) -> id.write(to)));
  }

  static void host(Overlay state, Address miner, Hosted seat) {
    List<Hosted> all = new ArrayList<>(of(state, miner));
    all.add(seat);
    putHosted(state, miner, all);
  }

  static void leave(Overlay state, Address miner, StageSlot slot) {
    putHosted(
        state, miner, of(state, miner).stream().filter(seat -> !seat.slot().equals(slot)).toList());
  }

  private static void putHosted(Overlay state, Address miner, List<Hosted> seats) {
    if (seats.isEmpty()) {
      state.remove(Jobs.key(HOSTED, miner));
    } else {
      state.write(Jobs.key(HOSTED, miner), writer -> writer.list(seats, HOSTED_MAX, Hosted::write));
    }
  }
}
