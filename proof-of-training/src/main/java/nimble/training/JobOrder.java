package nimble.training;

import java.util.Optional;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.training.spec.Rounds;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.Moment;

/// What was fixed when a job was submitted and, in the same step, matched.
///
/// @param spec its hash; [Jobs#spec] has the whole
/// @param submitted block time and height
/// @param beacon of that block: seeds the probes
/// @param deadline after which no round counts any more
/// @param start what it goes on from
/// @param anyClass auditors of any numeric class will do
public record JobOrder(
    Address sender,
    Hash spec,
    Moment submitted,
    Hash beacon,
    Moment deadline,
    Rounds rounds,
    Optional<Start> start,
    boolean anyClass) {
  /// A stage's state before the first round; empty when everybody can compute it.
  Optional<Hash> startRoot(int stage) {
    return start(stage).map(Start.Part::stateRoot);
  }

  /// What a stage goes on from.
  public Optional<Start.Part> start(int stage) {
    return start.map(it -> it.stages().get(stage));
  }

  void write(Writer writer) {
    sender.write(writer);
    spec.write(writer);
    submitted.write(writer);
    beacon.write(writer);
    deadline.write(writer);
    rounds.write(writer);
    writer.optional(start, Start::write);
    writer.bool(anyClass);
  }

  static JobOrder read(Reader reader) throws Malformed {
    return new JobOrder(
        Address.read(reader),
        Hash.read(reader),
        Moment.read(reader),
        Hash.read(reader),
        Moment.read(reader),
        Rounds.read(reader),
        reader.optional(Start::read),
        reader.bool());
  }
}
