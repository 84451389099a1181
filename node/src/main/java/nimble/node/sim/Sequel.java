package nimble.node.sim;

import java.util.List;
import java.util.function.Consumer;
import nimble.sim.Sim;
import nimble.types.JobId;

/// What happens once the job is done.
interface Sequel extends Referee.Audience {
  /// Who is there for it.
  ///
  /// @param members validators first, then miners
  /// @param lose takes a member away for good
  record Cast(
      Sim sim,
      List<Member> members,
      SimPurse developer,
      List<SimPurse> miners,
      JobId job,
      Consumer<Member> lose) {}

  void begin(Cast cast);

  boolean isOver();
}
