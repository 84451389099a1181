package nimble.training.role;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.chain.ServeCall.ServeReceipt;
import nimble.chain.StageSlot;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.training.MerkleMountainRange;
import nimble.training.role.GatewayInput.Account;
import nimble.training.role.GatewayInput.Replica;
import nimble.training.role.GatewayInput.Served;
import nimble.vm.Replay;

/// What a gateway owes its hosts: running totals, one a seat (R28).
final class Tallies {
  /// @param attempt whose total it is
  /// @param replays one leaf an answer, since this process began
  private record Tally(int attempt, long tokens, MerkleMountainRange replays) {}

  private final SortedMap<StageSlot, Tally> tallies = new TreeMap<>();

  /// Nothing less than what the chain has paid: an earlier process may have owed more.
  void seated(Served model) {
    for (Replica replica : model.replicas()) {
      for (int stage = 0; stage < replica.accounts().size(); stage++) {
        Account account = replica.accounts().get(stage);
        StageSlot slot = new StageSlot(model.job(), stage, replica.number());
        Tally present = tallies.get(slot);
        if (present == null || present.attempt() != account.attempt()) {
          tallies.put(
              slot, new Tally(account.attempt(), account.tokens(), MerkleMountainRange.EMPTY));
        } else if (present.tokens() < account.tokens()) {
          tallies.put(slot, new Tally(present.attempt(), account.tokens(), present.replays()));
        }
      }
    }
  }

  /// One answer more; empty when the seat is somebody else's by now.
  Optional<ServeReceipt> add(
      StageSlot slot, int attempt, long tokens, long request, Replay replay) {
    Tally present = tallies.get(slot);
    if (present == null || present.attempt() != attempt) {
      return Optional.empty();
    }
    Tally more =
        new Tally(
            attempt,
            Math.addExact(present.tokens(), tokens),
            present.replays().append(leaf(request, tokens, replay)));
    tallies.put(slot, more);
    return Optional.of(new ServeReceipt(slot, attempt, more.tokens(), more.replays().root()));
  }

  private static Bytes leaf(long request, long tokens, Replay replay) {
    return Writer.encode(writer -> replay.hash().write(writer.u64(request).i64(tokens)));
  }
}
