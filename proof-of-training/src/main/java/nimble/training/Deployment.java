package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nimble.chain.StageSlot;
import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.JobId;
import nimble.types.Moment;

/// A model that miners serve: a job that trains nothing (S2).
///
/// @param depth stages of a replica
/// @param due until when an ending deployment takes receipts; nothing once it takes none
/// @param reason why it ends
/// @param seats replica by replica; none once it is over
/// @param former who had a seat; at its end those of them that were convicted
/// @param audits of what was served
public record Deployment(
    JobId id,
    DeploymentOrder order,
    int depth,
    Phase phase,
    Moment due,
    String reason,
    List<HostedStage> seats,
    List<HostAccount> former,
    AuditSums audits) {
  public static final int REPLICAS_MAX = 8;
  static final int FORMER_MAX = 16;

  /// Hosts of one seat, one after the other; what follows until the end has room beside it.
  static final int ATTEMPTS_MAX = 1 << 15;

  private static final int STAGES_MAX = 64;
  private static final int REASON_MAX = 128;
  private static final Moment NEVER = new Moment(0, 0);

  /// Where it stands.
  public enum Phase {
    ACTIVE(0),
    /// Nothing more is served; what was served is still paid.
    ENDING(1),
    ENDED(2);

    private final int tag;

    Phase(int tag) {
      this.tag = tag;
    }

    private static Phase of(int tag) throws Malformed {
      return switch (tag) {
        case 0 -> ACTIVE;
        case 1 -> ENDING;
        case 2 -> ENDED;
        default -> throw new Malformed("phase %d".formatted(tag));
      };
    }
  }

  public Deployment {
    seats = List.copyOf(seats);
    former = List.copyOf(former);
    Invariant.check(depth >= 1 && seats.size() % depth == 0, "%d seats", seats.size());
  }

  static Deployment of(JobId id, DeploymentOrder order, int depth, int replicas) {
    List<HostedStage> seats = new ArrayList<>();
    for (int i = 0; i < depth * replicas; i++) {
      seats.add(HostedStage.vacant(0, 0));
    }
    return new Deployment(
        id, order, depth, Phase.ACTIVE, NEVER, "", seats, List.of(), AuditSums.NONE);
  }

  /// For refusals.
  String words() {
    return "deployment %s is %s".formatted(id, phase);
  }

  public int replicas() {
    return seats.size() / depth;
  }

  public StageSlot slot(int seat) {
    return new StageSlot(id, seat % depth, seat / depth);
  }

  /// Empty when there is no such seat.
  public Optional<HostedStage> seat(StageSlot slot) {
    return has(slot) ? Optional.of(seats.get(index(slot))) : Optional.empty();
  }

  int index(StageSlot slot) {
    return slot.replica() * depth + slot.stage();
  }

  private boolean has(StageSlot slot) {
    return slot.job().equals(id) && slot.stage() < depth && slot.replica() < replicas();
  }

  public List<HostedStage> replica(int number) {
    return seats.subList(number * depth, (number + 1) * depth);
  }

  /// All its stages can be used.
  public boolean serves(int replica) {
    return phase == Phase.ACTIVE && replica(replica).stream().allMatch(HostedStage::serves);
  }

  public boolean serves() {
    return IntStream.range(0, replicas()).anyMatch(this::serves);
  }

  /// Nim-units for a thousand tokens of this replica, its owner's part included.
  public long pricePer1k(int replica) {
    return replica(replica).stream()
        .mapToLong(HostedStage::pricePer1k)
        .reduce(order.royaltyPer1k(), Math::addExact);
  }

  Deployment with(int seat, HostedStage changed) {
    List<HostedStage> all = new ArrayList<>(seats);
    all.set(seat, changed);
    return new Deployment(id, order, depth, phase, due, reason, all, former, audits);
  }

  /// Whose receipts may still come: who has a seat, and who had one.
  public List<HostAccount> accounts() {
    return Stream.concat(
            IntStream.range(0, seats.size())
                .filter(seat -> seats.get(seat).miner().isPresent())
                .mapToObj(seat -> HostAccount.of(slot(seat), seats.get(seat))),
            former.stream())
        .toList();
  }

  public Optional<HostAccount> account(StageSlot slot, int attempt) {
    return accounts().stream().filter(account -> account.isOf(slot, attempt)).findFirst();
  }

  /// Somebody has had this stage's weights. What a job made, it has shown to be there.
  boolean hasLoaded(int stage) {
    return order.origin().trainer().isPresent()
        || accounts().stream()
            .anyMatch(host -> host.stage() == stage && host.numericClass().isPresent());
  }

  /// So many had one of its seats that nobody else is looked for.
  boolean isWornOut() {
    return seats.stream().anyMatch(seat -> seat.attempt() >= ATTEMPTS_MAX);
  }

  /// Whether somebody's receipt is not settled.
  boolean owes() {
    return accounts().stream().anyMatch(account -> account.served().pending().isPresent());
  }

  /// It has not the seat any more.
  boolean hasLeft(HostAccount account) {
    return former.stream().anyMatch(host -> host.isOf(account.slot(id), account.attempt()));
  }

  Deployment with(HostAccount changed) {
    StageSlot slot = changed.slot(id);
    if (!hasLeft(changed)) {
      int seat = index(slot);
      return with(seat, seats.get(seat).serve(changed.served()));
    }
    return withFormer(
        former.stream().map(host -> host.isOf(slot, changed.attempt()) ? changed : host).toList());
  }

  Deployment with(AuditSums sums) {
    return new Deployment(id, order, depth, phase, due, reason, seats, former, sums);
  }

  /// Whether one more can be remembered: all of whom nothing is awaited may be forgotten.
  boolean hasRoom() {
    return former.stream().filter(host -> host.served().pending().isPresent()).count() < FORMER_MAX;
  }

  /// The oldest of whom nothing is awaited are forgotten.
  Deployment withFormer(List<HostAccount> hosts) {
    List<HostAccount> kept = new ArrayList<>(hosts);
    while (kept.size() > FORMER_MAX) {
      kept.remove(
          kept.stream()
              .filter(host -> host.served().pending().isEmpty())
              .findFirst()
              .orElseThrow());
    }
    return new Deployment(id, order, depth, phase, due, reason, seats, kept, audits);
  }

  Deployment end(Moment paidUntil, String why) {
    return new Deployment(
        id,
        order,
        depth,
        Phase.ENDING,
        paidUntil,
        Text.cut(why, REASON_MAX),
        seats,
        former,
        audits);
  }

  /// Nothing new is brought any more: what was waits for its audits.
  Deployment close() {
    return new Deployment(id, order, depth, phase, NEVER, reason, seats, former, audits);
  }

  /// Whether receipts may come.
  boolean takesReceipts() {
    return phase == Phase.ACTIVE || (phase == Phase.ENDING && !due.equals(NEVER));
  }

  Deployment over() {
    List<HostAccount> guilty = former.stream().filter(host -> !host.convicted().isEmpty()).toList();
    return new Deployment(id, order, depth, Phase.ENDED, due, reason, List.of(), guilty, audits);
  }

  void write(Writer writer) {
    id.write(writer);
    order.write(writer);
    due.write(writer.u8(depth).u8(phase.tag));
    writer.string(reason, REASON_MAX);
    writer.list(seats, STAGES_MAX * REPLICAS_MAX, HostedStage::write);
    writer.list(former, FORMER_MAX, HostAccount::write);
    audits.write(writer);
  }

  static Deployment read(Reader reader) throws Malformed {
    JobId id = JobId.read(reader);
    DeploymentOrder order = DeploymentOrder.read(reader);
    int depth = reader.u8();
    if (depth == 0) {
      throw new Malformed("no stages");
    }
    Phase phase = Phase.of(reader.u8());
    Moment due = Moment.read(reader);
    String reason = reader.string(REASON_MAX);
    List<HostedStage> seats = reader.list(STAGES_MAX * REPLICAS_MAX, HostedStage::read);
    if (seats.size() % depth != 0) {
      throw new Malformed("%d seats of %d stages".formatted(seats.size(), depth));
    }
    return new Deployment(
        id,
        order,
        depth,
        phase,
        due,
        reason,
        seats,
        reader.list(FORMER_MAX, HostAccount::read),
        AuditSums.read(reader));
  }
}
