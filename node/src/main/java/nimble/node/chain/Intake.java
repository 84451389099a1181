package nimble.node.chain;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import nimble.chain.Block;
import nimble.chain.Transaction;
import nimble.crypto.Ed25519;
import nimble.ledger.Mempool;
import nimble.ledger.PoolView;
import nimble.ledger.Refusal;
import nimble.ledger.SeenSignatures;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// Takes transactions in (L13): screens them at once, and has the signatures of many checked beside
/// the owner's thread, all cores at work, while consensus goes on.
final class Intake {
  /// A transaction, and who sent it: empty for a client of this node.
  record Candidate(Transaction transaction, Optional<PublicKey> from) {}

  /// What became of a candidate.
  record Verdict(Candidate candidate, Optional<Refusal> refusal) {}

  /// So few are checked at once: to wait for another thread takes longer.
  static final int INLINE_MAX = 8;

  /// In check at one time.
  static final int CHECKING_MAX = 16_384;

  private static final int CHUNK = 128;
  private static final int BLOCKS_MAX = 64;

  private sealed interface Open {}

  private record Batch(
      List<Verdict> screened, List<Candidate> candidates, Consumer<List<Verdict>> reply)
      implements Open {}

  private record Part(Hash block, List<Transaction> transactions) implements Open {}

  private final Mempool mempool;
  private final SeenSignatures signatures;
  private final Supplier<PoolView> view;
  private final Executor checkers;
  private final Consumer<Replica.Input.Checked> done;
  private final Map<Long, Open> open = new LinkedHashMap<>();
  private final SequencedSet<Hash> checking = new LinkedHashSet<>();
  private final Map<Hash, Integer> blocks = new LinkedHashMap<>();
  private long serial;

  /// @param done puts an input into the owner's mailbox that must not be lost
  Intake(
      Mempool mempool,
      SeenSignatures signatures,
      Supplier<PoolView> view,
      Executor checkers,
      Consumer<Replica.Input.Checked> done) {
    this.mempool = mempool;
    this.signatures = signatures;
    this.view = view;
    this.checkers = checkers;
    this.done = done;
  }

  /// @param reply told what became of each, now or when their signatures are checked
  void offer(List<Candidate> candidates, Consumer<List<Verdict>> reply) {
    PoolView now = view.get();
    List<Verdict> screened = new ArrayList<>(candidates.size());
    List<Candidate> good = new ArrayList<>();
    for (Candidate candidate : candidates) {
      Optional<Refusal> refusal = screen(candidate.transaction(), now);
      screened.add(new Verdict(candidate, refusal));
      if (refusal.isEmpty()) {
        good.add(candidate);
      }
    }
    Batch batch = new Batch(screened, good, reply);
    if (good.size() <= INLINE_MAX) {
      finish(batch, good.stream().map(it -> signatures.holds(it.transaction())).toList());
    } else {
      good.forEach(it -> checking.add(it.transaction().id()));
      check(batch, good.stream().map(Candidate::transaction).toList());
    }
  }

  private Optional<Refusal> screen(Transaction transaction, PoolView now) {
    if (checking.contains(transaction.id())) {
      return Optional.of(new Refusal.Duplicate(transaction.id()));
    }
    if (checking.size() >= CHECKING_MAX) {
      return Optional.of(new Refusal.PoolFull(CHECKING_MAX));
    }
    return mempool.screen(transaction, now);
  }

  private void check(Open work, List<Transaction> transactions) {
    long number = ++serial;
    open.put(number, work);
    checkers.execute(() ->
        done.accept(
            new Replica.Input.Checked(
                number,
                transactions.stream()
                    .map(it ->
                        Ed25519.verify(it.body().sender(), it.body().preimage(), it.signature()))
                    .toList())));
  }

  /// The answer to what was sent to be checked.
  void checked(long number, List<Boolean> good) {
    switch (open.remove(number)) {
      case null -> {}
      case Batch batch -> {
        batch.candidates().forEach(it -> checking.remove(it.transaction().id()));
        remember(batch.candidates().stream().map(Candidate::transaction).toList(), good);
        finish(batch, good);
      }
      case Part(Hash block, List<Transaction> transactions) -> {
        remember(transactions, good);
        blocks.computeIfPresent(block, (_, left) -> left - 1);
      }
    }
  }

  private void remember(List<Transaction> transactions, List<Boolean> good) {
    for (int i = 0; i < transactions.size(); i++) {
      if (good.get(i)) {
        signatures.remember(transactions.get(i));
      }
    }
  }

  private void finish(Batch batch, List<Boolean> good) {
    PoolView now = view.get();
    Map<Candidate, Optional<Refusal>> taken = new LinkedHashMap<>();
    for (int i = 0; i < good.size(); i++) {
      Candidate candidate = batch.candidates().get(i);
      taken.put(
          candidate,
          good.get(i)
              ? mempool.add(candidate.transaction(), now)
              : Optional.of(new Refusal.WrongSignature()));
    }
    batch
        .reply()
        .accept(
            batch.screened().stream()
                .map(it ->
                    new Verdict(
                        it.candidate(),
                        it.refusal().or(() -> taken.getOrDefault(it.candidate(), it.refusal()))))
                .toList());
  }

  /// Whether executing `block` finds its signatures checked, all but a few. When it does not, they
  /// are sent to be checked, and the owner gets a turn when they are.
  boolean isReady(Block block) {
    Integer left = blocks.get(block.digest());
    if (left != null) {
      // What is still unknown then does not hold, as executing it will find.
      return left == 0;
    }
    List<Transaction> unknown =
        block.body().transactions().stream().filter(it -> !isKnown(it)).toList();
    if (unknown.size() <= INLINE_MAX) {
      return true;
    }
    if (blocks.size() >= BLOCKS_MAX) {
      blocks.remove(blocks.keySet().iterator().next());
    }
    blocks.put(block.digest(), Math.ceilDiv(unknown.size(), CHUNK));
    for (int from = 0; from < unknown.size(); from += CHUNK) {
      List<Transaction> some = unknown.subList(from, Math.min(from + CHUNK, unknown.size()));
      check(new Part(block.digest(), some), some);
    }
    return false;
  }

  private boolean isKnown(Transaction it) {
    return mempool.transaction(it.id()).isPresent() || signatures.knows(it);
  }
}
