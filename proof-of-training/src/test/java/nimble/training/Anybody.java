package nimble.training;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import nimble.chain.Call;
import nimble.chain.SignedWorkCall;
import nimble.chain.Transaction;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.genesis.Parameters;
import nimble.ledger.Running;
import nimble.ledger.ViewVotes;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.Span;

/// A chain on which anybody says anything: what makes sense now ([SensibleWork],
/// [SensibleAccounts]), what nearly does, and what does not.
final class Anybody {
  static final int MINERS = 7;
  static final int VALIDATORS = 6;
  private static final long STAKE = 1_000 * World.NIM;
  private static final int REMEMBERED_MAX = 200;
  private static final long EPOCH_MILLIS = 25_000;

  /// Waits of a few blocks, so that short sequences come far.
  private static final Parameters PARAMETERS = hasty(Panel.PARAMETERS);

  private final SplittableRandom random;
  private final World world;
  private final SensibleWork work;
  private final SensibleAccounts accounts;
  private final ArrayDeque<SignedWorkCall> remembered = new ArrayDeque<>();
  private int asleep = -1;

  Anybody(SplittableRandom random) {
    this.random = random;
    long[] prices = new long[MINERS];
    for (int i = 0; i < MINERS; i++) {
      prices[i] = random.nextLong(1_000_000_000);
    }
    long[] stakes = new long[VALIDATORS];
    for (int i = 0; i < VALIDATORS; i++) {
      stakes[i] = STAKE + random.nextLong(STAKE);
    }
    world = new World(PARAMETERS, stakes, prices);
    work = new SensibleWork(random, world);
    accounts = new SensibleAccounts(random, world);
  }

  private static Parameters hasty(Parameters p) {
    return p.with(p.consensus().withEpochMillis(EPOCH_MILLIS))
        .with(
            p.training()
                .with(it -> {
                  it.accept = new Span(4_000, 4);
                  it.window = new Span(2_000, 3);
                  it.auditCommit = new Span(3_000, 3);
                  it.auditReveal = new Span(3_000, 3);
                  it.dataChallenge = new Span(4_000, 4);
                  it.idle = new Span(20_000, 15);
                  it.roundDue = new Span(6_000, 6);
                  it.beaconDelay = 2;
                }));
  }

  World world() {
    return world;
  }

  /// Of all that was written.
  Hash root() {
    return Hashing.of(
        "state",
        Writer.encode(writer ->
            world
                .stored()
                .forEach((key, value) -> writer.bytes(key, 1_000).bytes(value, 1 << 20))));
  }

  Running begin() {
    world.blockMillis = 200 + random.nextLong(2_500);
    if (random.nextInt(50) == 0) {
      asleep = random.nextInt(VALIDATORS);
    }
    world.votes = votes();
    return world.begin();
  }

  private List<ViewVotes> votes() {
    List<Address> signers = new ArrayList<>();
    for (int i = 0; i < VALIDATORS; i++) {
      if (i != asleep && random.nextInt(10) > 0) {
        signers.add(World.address(world.validators.get(i)));
      }
    }
    return List.of(new ViewVotes(world.now().height(), signers, 667 + random.nextInt(334)));
  }

  void remember(SignedWorkCall call) {
    remembered.addLast(call);
    if (remembered.size() > REMEMBERED_MAX) {
      remembered.removeFirst();
    }
  }

  /// Work calls of one block.
  List<SignedWorkCall> calls() {
    List<SignedWorkCall> all = new ArrayList<>();
    for (WorkCall call : work.calls()) {
      all.add(new SignedWorkCall(call, random.nextInt(60) == 0 ? World.FORGED : World.NONE));
      if (random.nextInt(6) == 0) {
        nearly(call).ifPresent(it -> all.add(random.nextInt(all.size()), it));
      }
    }
    work.anything().forEach(call -> all.add(new SignedWorkCall(call, World.NONE)));
    if (!remembered.isEmpty() && random.nextBoolean()) {
      all.add(List.copyOf(remembered).get(random.nextInt(remembered.size())));
    }
    return all;
  }

  /// One byte of it is another.
  private Optional<SignedWorkCall> nearly(WorkCall call) {
    try {
      WorkCall other = Reader.decode(spoiled(Writer.encode(call::write)), WorkCall::read);
      return Optional.of(new SignedWorkCall(other, World.NONE));
    } catch (Malformed e) {
      return Optional.empty();
    }
  }

  private Bytes spoiled(Bytes bytes) {
    byte[] spoiled = bytes.toArray();
    int at = random.nextInt(3) == 0 ? random.nextInt(spoiled.length) : random.nextInt(16);
    spoiled[Math.min(at, spoiled.length - 1)] ^= (byte) (1 << random.nextInt(8));
    return Bytes.wrap(spoiled);
  }

  List<Transaction> transactions() {
    List<Transaction> all = new ArrayList<>();
    long[] sent = new long[world.people()];
    for (int i = random.nextInt(6); i > 0; i--) {
      int sender = random.nextInt(6) == 0 ? accounts.jailed() : accounts.anyone();
      Transaction transaction = transaction(sender, sent[sender]);
      all.add(transaction);
      sent[sender]++;
    }
    return all;
  }

  private Transaction transaction(int sender, long earlier) {
    boolean mad = random.nextInt(12) == 0;
    long tip = random.nextInt(3) == 0 ? random.nextInt(100_000) : 0;
    Transaction.Unsigned body =
        new Transaction.Unsigned(
            mad && random.nextBoolean() ? World.OTHER_CHAIN : World.CHAIN,
            World.key(sender),
            world.nonce(sender) + earlier + (mad ? random.nextInt(2) : 0),
            mad && random.nextInt(3) == 0 ? 1 : Long.MAX_VALUE,
            mad && random.nextInt(3) == 0 ? 1 : World.FEE + tip,
            tip,
            call(sender));
    return new Transaction(body, random.nextInt(60) == 0 ? World.FORGED : World.NONE);
  }

  private Call call(int sender) {
    Call call = accounts.call(sender);
    if (random.nextInt(8) > 0) {
      return call;
    }
    try {
      return Reader.decode(spoiled(Writer.encode(call::write)), Call::read);
    } catch (Malformed e) {
      return call;
    }
  }
}
