package nimble.consensus;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import nimble.consensus.Effect.Cast;
import nimble.consensus.VoteRecord.Floor;
import nimble.consensus.VoteRecord.Seen;
import nimble.consensus.VoteRecord.Voted;

/// Builds the state from the vote log. Records of another epoch only raise the floor.
final class Recovery {
  private final State state;
  private final Progress progress;

  Recovery(State state, Progress progress) {
    this.state = state;
    this.progress = progress;
  }

  void start(List<VoteRecord> records) {
    for (VoteRecord record : records) {
      if (record instanceof Floor floor) {
        state.floor = floor.compareTo(state.floor) > 0 ? floor : state.floor;
      } else if (record.epoch() == state.committee.epoch()) {
        replay(record);
      }
    }
    newestFinalization().ifPresent(this::finish);
    long skipped =
        state.open().stream()
            .filter(round -> round.nullification.isPresent())
            .mapToLong(round -> round.view)
            .max()
            .orElse(0);
    for (Round round : state.open()) {
      round.own.choices().forEach(vote -> state.emit(new Cast(vote)));
    }
    progress.enter(Math.max(state.lastFinal().view(), skipped) + 1);
  }

  private void replay(VoteRecord record) {
    Round round = state.round(record.view());
    switch (record) {
      case Voted(Vote vote) -> round.own.add(vote);
      case Seen(Certificate certificate) -> round.store(certificate);
      case Floor _ -> {}
    }
  }

  private Optional<Certificate> newestFinalization() {
    return state.open().stream()
        .flatMap(round -> round.finalization.stream())
        .max(Comparator.comparingLong(Certificate::view));
  }

  private void finish(Certificate finalization) {
    List<Proposal> chain = finalization.vote().choice().stream().toList();
    state.addFinals(chain);
    state.emit(new Effect.Finalized(chain, finalization));
  }
}
