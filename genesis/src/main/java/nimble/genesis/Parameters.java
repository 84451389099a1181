package nimble.genesis;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Span;

/// Everything about the protocol that a network can choose; fixed at genesis.
public record Parameters(
    ConsensusParameters consensus,
    BlockParameters block,
    MoneyParameters money,
    TrainingParameters training) {
  /// One NIM in nim-units.
  public static final long NIM = 1_000_000_000;

  /// A network on one machine that shows in seconds what the main network does in days.
  public static Parameters devnet() {
    return new Parameters(
        new ConsensusParameters(
            1_000, 2_000, 4_000, 1_000, 500, 30_000, 100, 500, 60_000, 100 * NIM),
        new BlockParameters(2 * 1024 * 1024, 4_000_000, 1, 2_000, 10_000, NIM / 10),
        new MoneyParameters(
            1_000_000_000 * NIM,
            100,
            500,
            30 * 60_000,
            700,
            150,
            150,
            new Span(20_000, 20),
            new Span(20_000, 20)),
        new TrainingParameters(
            new Span(15_000, 15),
            new Span(5_000, 10),
            new Span(10_000, 10),
            new Span(5_000, 5),
            new Span(30_000, 30),
            new Span(60_000, 30),
            new Span(15_000, 15),
            3,
            7_000,
            10,
            12,
            100,
            100,
            200,
            2,
            ClassParameters.of(1, 100)));
  }

  /// The same with another timing of consensus.
  public Parameters with(ConsensusParameters other) {
    return new Parameters(other, block, money, training);
  }

  /// The same with other limits of blocks.
  public Parameters with(BlockParameters other) {
    return new Parameters(consensus, other, money, training);
  }

  /// The same with another economy.
  public Parameters with(MoneyParameters other) {
    return new Parameters(consensus, block, other, training);
  }

  /// The same with another training protocol.
  public Parameters with(TrainingParameters other) {
    return new Parameters(consensus, block, money, other);
  }

  void write(Writer writer) {
    consensus.write(writer);
    block.write(writer);
    money.write(writer);
    training.write(writer);
  }

  static Parameters read(Reader reader) throws Malformed {
    return new Parameters(
        ConsensusParameters.read(reader),
        BlockParameters.read(reader),
        MoneyParameters.read(reader),
        TrainingParameters.read(reader));
  }
}
