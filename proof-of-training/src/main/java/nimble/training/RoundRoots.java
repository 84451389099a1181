package nimble.training;

import nimble.chain.WorkCall.RoundCommit;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Hash;

/// What one stage committed to for one round.
public record RoundRoots(Hash stateRootAfter, Hash stepsRoot, Hash leftRoot, Hash rightRoot) {
  static RoundRoots of(RoundCommit commit) {
    return new RoundRoots(
        commit.stateRootAfter(), commit.stepsRoot(), commit.leftRoot(), commit.rightRoot());
  }

  void write(Writer writer) {
    stateRootAfter.write(writer);
    stepsRoot.write(writer);
    leftRoot.write(writer);
    rightRoot.write(writer);
  }

  static RoundRoots read(Reader reader) throws Malformed {
    return new RoundRoots(
        Hash.read(reader), Hash.read(reader), Hash.read(reader), Hash.read(reader));
  }
}
