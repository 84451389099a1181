package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import nimble.chain.AuditCall.DisputeMove;
import nimble.chain.WorkCall;
import nimble.codec.Writer;
import nimble.training.dispute.Dispute;
import nimble.training.dispute.Exhibits;
import nimble.training.dispute.Move;
import nimble.training.dispute.Player;
import nimble.training.dispute.Side;
import nimble.training.dispute.Table;
import nimble.training.spec.JobSpec;
import nimble.types.Address;
import nimble.vm.tensor.LittleEndian;
import nimble.vm.trace.Trace;

/// Both sides of disputes about the stages of [Specs], honest and not.
///
/// @param strange an honest trace, about exact parts that nobody else has
record Parties(Player honest, Player lying, Player strange) {
  private record Place(int stage, boolean trains) {}

  private static final Map<Place, Parties> KNOWN = new ConcurrentHashMap<>();

  static Parties of(World world, Audit audit) {
    JobSpec spec = Jobs.spec(world.state(), audit.id().job()).orElseThrow();
    boolean trains = audit.step() < world.job(audit.id().job()).rounds().stepsOf(audit.round());
    Place place = new Place(audit.slot().stage(), trains);
    return KNOWN.computeIfAbsent(place, it -> make(spec, it));
  }

  private static Parties make(JobSpec spec, Place place) {
    Table table =
        new Table(spec.stageSpecs().get(place.stage()), spec.training(), place.trains(), 1);
    List<Trace> honest = table.honest();
    int tensor = table.board().form().given();
    float[] numbers = LittleEndian.floats(honest.getFirst().value(tensor));
    numbers[0] += 1;
    List<Trace> lying = new ArrayList<>(honest);
    lying.set(0, honest.getFirst().with(tensor, LittleEndian.ofFloats(numbers)));
    Exhibits exhibits = table.exhibits(honest);
    Exhibits strange =
        new Exhibits(
            exhibits.given(),
            exhibits.outputs().reversed(),
            exhibits.inputGradients(),
            exhibits.gradient());
    return new Parties(
        table.player(exhibits, true, honest),
        table.player(exhibits, true, lying),
        table.player(strange, true, honest));
  }

  /// Who is honest follows from the audit's number.
  Optional<WorkCall> next(World world, Audit audit) {
    Dispute game = Jobs.dispute(world.state(), audit.id()).orElseThrow().game();
    if (game.side().isEmpty()) {
      return Optional.empty();
    }
    boolean miner = game.side().get() == Side.MINER;
    Address self = miner ? audit.miner() : audit.contest().accuser().orElseThrow();
    int mood = (int) (audit.id().number() % 5);
    Player player =
        switch (mood) {
          case 0 -> honest;
          case 1, 2 -> miner ? lying : honest;
          case 3 -> miner ? honest : lying;
          default -> miner ? honest : strange;
        };
    return player.move(game).map(move -> call(audit, self, game, move));
  }

  private static DisputeMove call(Audit audit, Address self, Dispute game, Move move) {
    return new DisputeMove(audit.id(), self, game.moves(), Writer.encode(move::write));
  }
}
