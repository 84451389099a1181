package nimble.training;

import nimble.chain.WorkCall.RoundCommit;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Hash;

/// What one stage committed to for one round.
///
/// @param losses of the last stage only
public record RoundRoots(
    Hash stateRootAfter, Hash stepsRoot, Hash leftRoot, Hash rightRoot, Losses losses) {
  static RoundRoots of(RoundCommit commit) {
    return new RoundRoots(
        commit.stateRootAfter(),
        commit.stepsRoot(),
        commit.leftRoot(),
        commit.rightRoot(),
        new Losses(commit.lossBits(), commit.validationLossBits()));
  }

  void write(Writer writer) {
    stateRootAfter.write(writer);
    stepsRoot.write(writer);
    leftRoot.write(writer);
    rightRoot.write(writer);
    losses.write(writer);
  }

  static RoundRoots read(Reader reader) throws Malformed {
    return new RoundRoots(
        Hash.read(reader),
        Hash.read(reader),
        Hash.read(reader),
        Hash.read(reader),
        Losses.read(reader));
  }
}
