package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import nimble.chain.Block.Body;
import nimble.chain.Receipt;
import nimble.chain.Receipt.Outcome;
import nimble.chain.SignedWorkCall;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.ledger.Execution.Executed;
import nimble.ledger.Refusal;
import nimble.ledger.Running;

/// One block of whatever people say, entry by entry, with what must hold after each.
///
/// @param taken counts of calls that did something, by kind
/// @param refused of those that no block takes, and those that only paid their fee
record AnybodysBlock(Anybody anybody, Map<String, Integer> taken, Map<String, Integer> refused) {
  private record Paid(
      Transaction transaction,
      Map<Bytes, Optional<Bytes>> before,
      Map<Bytes, Optional<Bytes>> after) {}

  void run() {
    World world = anybody.world();
    List<SignedWorkCall> calls = anybody.calls();
    Running running = anybody.begin();
    List<SignedWorkCall> work = new ArrayList<>();
    for (SignedWorkCall call : calls) {
      if (isTaken(running, call)) {
        work.add(call);
        anybody.remember(call);
      }
    }
    List<Paid> paid = new ArrayList<>();
    for (Transaction transaction : anybody.transactions()) {
      pay(running, transaction).ifPresent(paid::add);
    }
    Executed executed = running.end();
    checkReceipts(
        running, executed.receipts().subList(work.size(), work.size() + paid.size()), paid);
    Body body = new Body(work, paid.stream().map(Paid::transaction).toList(), List.of());
    assertEquals(body, again(body));
    assertEquals(executed, world.execute(body), "the whole block, as everybody else executes it");
    world.accept(executed);
  }

  private boolean isTaken(Running running, SignedWorkCall call) {
    SortedMap<Bytes, Optional<Bytes>> before = running.writes();
    Optional<Refusal> refusal = running.work(call);
    if (refusal.isPresent()) {
      assertEquals(before, running.writes(), () -> "left by " + call);
    }
    count(refusal.isEmpty(), call.call());
    return refusal.isEmpty();
  }

  private Optional<Paid> pay(Running running, Transaction transaction) {
    SortedMap<Bytes, Optional<Bytes>> before = running.writes();
    Optional<Refusal> refusal = running.transaction(transaction);
    if (refusal.isPresent()) {
      assertEquals(before, running.writes(), () -> "left by " + transaction);
      count(false, transaction.body().call());
      return Optional.empty();
    }
    return Optional.of(new Paid(transaction, before, running.writes()));
  }

  private void checkReceipts(Running running, List<Receipt> receipts, List<Paid> paid) {
    for (int i = 0; i < paid.size(); i++) {
      Paid it = paid.get(i);
      boolean done = receipts.get(i).outcome() instanceof Outcome.Applied;
      count(done, it.transaction().body().call());
      if (!done) {
        running.checkOnlyFee(it.before(), it.after(), it.transaction(), receipts.get(i).fee());
      }
    }
  }

  private void count(boolean done, Object call) {
    (done ? taken : refused).merge(call.getClass().getSimpleName(), 1, Integer::sum);
  }

  private static Body again(Body body) {
    try {
      return Reader.decode(Writer.encode(body::write), Body::read);
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }
}
