package nimble.training;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import nimble.types.Address;

/// What a job's events tell of one dispute (J30).
///
/// @param drawn the audit that it is about
/// @param bytes of its moves
/// @param result empty while it is played, and of one that was dropped
/// @param dropped its audit ended first, for another convicted the miner (J26)
public record PlayedDispute(
    AuditEvent.AuditDrawn drawn,
    AuditEvent.Disputed opened,
    int moves,
    int bytes,
    Optional<DisputeResult> result,
    boolean dropped) {
  /// In the order of their audits.
  ///
  /// @param entries of one job, from its first
  public static List<PlayedDispute> of(List<JobEntry> entries) {
    TreeMap<Long, AuditEvent.AuditDrawn> drawn = new TreeMap<>();
    TreeMap<Long, PlayedDispute> disputes = new TreeMap<>();
    for (JobEntry entry : entries) {
      switch (entry.event()) {
        case AuditEvent.AuditDrawn it -> drawn.put(it.audit(), it);
        case AuditEvent.Disputed it ->
            Optional.ofNullable(drawn.get(it.audit()))
                .ifPresent(audit -> disputes.put(it.audit(), opened(audit, it)));
        case AuditEvent.DisputeMoved it ->
            disputes.computeIfPresent(it.audit(), (_, before) -> before.moved(it.bytes()));
        case AuditEvent.DisputeEnded it ->
            disputes.computeIfPresent(it.audit(), (_, before) -> before.ended(it.result()));
        case AuditEvent.AuditClosed it when it.outcome() == AuditOutcome.DROPPED ->
            disputes.computeIfPresent(it.audit(), (_, before) -> before.withDropped());
        default -> {
          // Not about disputes.
        }
      }
    }
    return List.copyOf(disputes.values());
  }

  private static PlayedDispute opened(AuditEvent.AuditDrawn drawn, AuditEvent.Disputed opened) {
    return new PlayedDispute(drawn, opened, 0, 0, Optional.empty(), false);
  }

  private PlayedDispute moved(int more) {
    return new PlayedDispute(drawn, opened, moves + 1, bytes + more, result, dropped);
  }

  private PlayedDispute ended(DisputeResult end) {
    return new PlayedDispute(drawn, opened, moves, bytes, Optional.of(end), dropped);
  }

  private PlayedDispute withDropped() {
    return new PlayedDispute(drawn, opened, moves, bytes, result, true);
  }

  public boolean isOpen() {
    return result.isEmpty() && !dropped;
  }

  /// How it stands, for people: its result, `DROPPED` or `OPEN`.
  public String standing() {
    return result.map(Enum::name).orElse(dropped ? "DROPPED" : "OPEN");
  }

  public Address miner() {
    return opened.miner();
  }

  public Address accuser() {
    return opened.accuser();
  }
}
