package nimble.training.role.miner;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.ByteSource;
import nimble.training.role.MinerEffect;
import nimble.training.role.Progress;
import nimble.training.role.Task;
import nimble.training.role.evidence.BlobName;
import nimble.training.role.evidence.CheckpointBlob;
import nimble.types.Hash;
import nimble.types.PublicKey;
import org.jspecify.annotations.Nullable;

/// Brings a stage to the start of the open round: from memory, from its own shelf, or from who
/// keeps the checkpoint (R19).
final class Resumption {
  /// @param group into which it is gathered; empty for the last checkpoint, which goes to the store
  private record Source(Hash manifest, Optional<ShelfGroup> group, boolean own) {}

  private final StageWork work;
  private final Archive archive;
  private final List<MinerEffect> effects = new ArrayList<>();
  private Seat seat;
  private boolean triesMemory;
  private boolean lost;
  private @Nullable Source source;
  private @Nullable ByteSource blob;

  Resumption(StageWork work, Archive archive, Seat seat) {
    this.work = work;
    this.archive = archive;
    this.seat = seat;
  }

  /// What was under way is forgotten.
  void begin(Seat now) {
    seat = now;
    triesMemory = true;
    lost = false;
    source = null;
    blob = null;
  }

  /// Whether the chain asks for another state than the one that is looked for.
  boolean isOutdated(Seat now) {
    return now.phase() != seat.phase()
        || now.attempt() != seat.attempt()
        || now.openRound() != seat.openRound();
  }

  /// The newest word on where the state can be had.
  void seated(Seat now) {
    seat = now;
    if (lost) {
      search();
    }
  }

  Optional<Task> next() {
    int round = seat.openRound();
    Optional<Hash> root = seat.upkeep().startRoot();
    ByteSource here = blob;
    if (triesMemory) {
      triesMemory = false;
      return Optional.of(() -> work.restore(round, root));
    }
    if (here == null || root.isEmpty()) {
      return Optional.empty();
    }
    blob = null;
    return Optional.of(() -> work.load(round, root.get(), here));
  }

  /// Memory does not have it.
  void absent() {
    search();
  }

  boolean wants(Hash manifest) {
    return source != null && source.manifest().equals(manifest) && blob == null;
  }

  void fetched(ByteSource whole) {
    blob = whole;
  }

  /// Tries again, and elsewhere when there is a better place by now.
  void retry() {
    if (source != null && blob == null) {
      search();
    }
  }

  /// The stage stands where it should: what came from others is kept like our own.
  ///
  /// @return whether the state is in the blob store already
  boolean arrived() {
    Source from = source;
    Optional<Hash> root = seat.upkeep().startRoot();
    if (from != null && !from.own() && from.group().isPresent() && root.isPresent()) {
      long bytes = CheckpointBlob.bytes(seat.plan().stages().get(seat.stage()));
      BlobName name = new BlobName(from.manifest(), bytes);
      archive.write(from.group().get(), new StateName(root.get(), name).encode());
    }
    source = null;
    return from != null && from.group().isEmpty();
  }

  List<MinerEffect> effects() {
    List<MinerEffect> all = List.copyOf(effects);
    effects.clear();
    return all;
  }

  private void search() {
    source = null;
    Optional<ShelfGroup> own =
        seat.upkeep()
            .startRoot()
            .flatMap(root -> archive.state(seat.slot(), seat.openRound(), root));
    Optional<Upkeep.Source> others = seat.upkeep().start();
    if (own.isPresent()) {
      Hash manifest = archive.state(own.get()).orElseThrow().blob().manifest();
      gather(new Source(manifest, own, true), List.of());
    } else if (seat.phase() == Seat.Phase.TRAINED && seat.checkpoint().isPresent()) {
      source = new Source(seat.checkpoint().get(), Optional.empty(), false);
      effects.add(new MinerEffect.FetchData(seat.checkpoint().get()));
    } else if (others.isPresent()) {
      ShelfGroup group = ShelfGroup.state(seat.slot(), seat.attempt(), seat.openRound());
      archive.expect(group);
      gather(
          new Source(others.get().manifest(), Optional.of(group), false), others.get().holders());
    } else if (!lost) {
      String reason = "nobody has the state of round %d".formatted(seat.openRound());
      effects.add(new MinerEffect.Report(seat.slot(), new Progress.Paused(reason)));
    }
    lost = source == null;
  }

  private void gather(Source from, List<PublicKey> holders) {
    source = from;
    long bytes = CheckpointBlob.bytes(seat.plan().stages().get(seat.stage()));
    effects.add(
        new MinerEffect.FetchEvidence(
            from.group().orElseThrow().name(), from.manifest(), holders, bytes));
  }
}
