package nimble.micro;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import nimble.chain.Block.Body;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.crypto.Ed25519;
import nimble.ledger.BlockBuilder;
import nimble.ledger.BlockContext;
import nimble.ledger.Execution;
import nimble.ledger.Ledger;
import nimble.ledger.Mempool;
import nimble.ledger.PoolLimits;
import nimble.ledger.PoolView;
import nimble.ledger.SeenSignatures;
import nimble.ledger.StateView;
import nimble.training.TrainingRules;
import nimble.types.Moment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// A thousand transfers from the mempool into a block, and a block of them executed.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class BlockBench {
  private static final int TRANSFERS = 1_000;

  private final Fixture fixture = new Fixture(10_000);
  private final SortedMap<Bytes, Optional<Bytes>> genesis = Ledger.genesisWrites(fixture.genesis);
  private final StateView state = key -> genesis.getOrDefault(key, Optional.empty());
  private final TrainingRules rules = new TrainingRules(fixture.genesis.parameters().training());
  private final SeenSignatures signatures = new SeenSignatures(Ed25519::verify);
  private final Ledger ledger = new Ledger(rules, signatures, (_, _, _) -> Optional.empty());
  private final Mempool pool = new Mempool(PoolLimits.DEFAULT, rules);
  private final BlockContext context =
      new BlockContext(
          fixture.genesis.parameters(),
          fixture.genesis.chain(),
          new Moment(Fixture.TIME_MILLIS + 100, 1),
          0,
          fixture.genesis.validators().getFirst().account(),
          fixture.genesis.beacon());
  private final Body body;

  public BlockBench() {
    PoolView view =
        new PoolView(
            state, fixture.genesis.chain(), fixture.genesis.parameters(), Fixture.TIME_MILLIS);
    List<Transaction> transfers = fixture.transfers(TRANSFERS);
    transfers.forEach(transfer -> pool.offer(transfer, view, signatures));
    body = build().body();
  }

  @Benchmark
  public BlockBuilder.Built build() {
    return new BlockBuilder(ledger).build(state, context, pool, List.of());
  }

  @Benchmark
  public Execution execute() {
    return ledger.execute(state, context, body);
  }
}
