package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.vm.Cuts;

/// A place to which a job can go back (J25): the state after one closed round, once each stage's
/// part of it is held by somebody else than the stage's miner.
///
/// @param round that was closed
/// @param attempt at which it was committed: calls about its checkpoints name it
public record ResumePoint(int round, int attempt, List<Part> stages) {
  /// The holder of the next stage, and the keeper.
  public static final int CUSTODIANS_MAX = 2;

  /// One stage's state.
  ///
  /// @param stateRoot that the stage's miner committed to
  /// @param manifest under which it can be fetched; empty until the miner recorded it
  /// @param due when somebody is late: the miner with its record, then the next stage's miner with
  ///   its copy; empty when nothing more is awaited
  /// @param custodians that hold a copy
  /// @param held by a custodian, or there is nobody who could
  public record Part(
      Hash stateRoot,
      Optional<Hash> manifest,
      Optional<Moment> due,
      List<Address> custodians,
      boolean held) {
    public Part {
      custodians = List.copyOf(custodians);
    }

    static Part of(Hash stateRoot, Moment due) {
      return new Part(stateRoot, Optional.empty(), Optional.of(due), List.of(), false);
    }

    Part record(Hash recorded, Optional<Moment> next, boolean isHeld) {
      return new Part(stateRoot, Optional.of(recorded), next, custodians, isHeld);
    }

    Part keep(Address custodian, Optional<Moment> next) {
      List<Address> more = new ArrayList<>(custodians);
      more.add(custodian);
      return new Part(stateRoot, manifest, next, more, true);
    }

    Part awaitNothing() {
      return new Part(stateRoot, manifest, Optional.empty(), custodians, held);
    }

    private void write(Writer writer) {
      stateRoot.write(writer);
      writer.optional(manifest, Hash::write).optional(due, Moment::write);
      writer.list(custodians, CUSTODIANS_MAX, Address::write).bool(held);
    }

    private static Part read(Reader reader) throws Malformed {
      return new Part(
          Hash.read(reader),
          reader.optional(Hash::read),
          reader.optional(Moment::read),
          reader.list(CUSTODIANS_MAX, Address::read),
          reader.bool());
    }
  }

  public ResumePoint {
    stages = List.copyOf(stages);
  }

  /// Whether the job can go back here.
  public boolean isReached() {
    return stages.stream().allMatch(Part::held);
  }

  /// Whether all of it can be fetched from somebody.
  boolean isRecorded() {
    return stages.stream().allMatch(part -> part.manifest().isPresent());
  }

  /// Where a stage's state can be fetched, once the miner recorded it.
  public Optional<Checkpoint> checkpoint(int stage) {
    return stages.get(stage).manifest().map(manifest -> new Checkpoint(round, manifest));
  }

  ResumePoint with(int index, Part part) {
    List<Part> all = new ArrayList<>(stages);
    all.set(index, part);
    return new ResumePoint(round, attempt, all);
  }

  ResumePoint awaitNothing() {
    Invariant.check(isReached(), "round %d is no resume point", round);
    return new ResumePoint(round, attempt, stages.stream().map(Part::awaitNothing).toList());
  }

  void write(Writer writer) {
    writer.u32(round).u16(attempt).list(stages, Cuts.STAGES_MAX, Part::write);
  }

  static ResumePoint read(Reader reader) throws Malformed {
    return new ResumePoint(
        reader.length(Integer.MAX_VALUE), reader.u16(), reader.list(Cuts.STAGES_MAX, Part::read));
  }
}
