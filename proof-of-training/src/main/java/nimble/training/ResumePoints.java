package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.ledger.Overlay;
import nimble.ledger.StateView;
import nimble.training.spec.Limits;
import nimble.types.JobId;

/// A job's resume points in state, those that may become one included (J25). At most
/// [Limits#RESUME_POINTS_MAX].
public final class ResumePoints {
  private ResumePoints() {}

  /// In the order of rounds.
  public static List<ResumePoint> of(StateView state, JobId id) {
    return rounds(state, id).stream().map(round -> at(state, id, round).orElseThrow()).toList();
  }

  /// After `round`; not at every round there is one.
  public static Optional<ResumePoint> at(StateView state, JobId id, int round) {
    return state.read(key(id, round), ResumePoint::read);
  }

  /// The newest one that is reached and lies before `round`; empty when that is the job's start.
  public static Optional<ResumePoint> before(StateView state, JobId id, int round) {
    return of(state, id).reversed().stream()
        .filter(point -> point.round() < round && point.isReached())
        .findFirst();
  }

  static void add(Overlay state, JobId id, ResumePoint point) {
    put(state, id, point);
    List<Integer> all = new ArrayList<>(rounds(state, id));
    all.add(point.round());
    putRounds(state, id, all);
  }

  /// Changes one that is there.
  static void put(Overlay state, JobId id, ResumePoint point) {
    state.write(key(id, point.round()), point::write);
  }

  static void remove(Overlay state, JobId id, int round) {
    state.remove(key(id, round));
    putRounds(state, id, rounds(state, id).stream().filter(other -> other != round).toList());
  }

  static List<Integer> rounds(StateView state, JobId id) {
    return state
        .read(
            Jobs.key(Jobs.POINTS, id),
            reader -> reader.list(Limits.RESUME_POINTS_MAX, from -> from.length(Integer.MAX_VALUE)))
        .orElse(List.of());
  }

  private static void putRounds(Overlay state, JobId id, List<Integer> rounds) {
    if (rounds.isEmpty()) {
      state.remove(Jobs.key(Jobs.POINTS, id));
      return;
    }
    state.write(
        Jobs.key(Jobs.POINTS, id),
        writer -> writer.list(rounds, Limits.RESUME_POINTS_MAX, (round, to) -> to.u32(round)));
  }

  private static Bytes key(JobId id, int round) {
    return Bytes.concat(Jobs.key(Jobs.POINT, id), Bytes.ofU64(round));
  }
}
