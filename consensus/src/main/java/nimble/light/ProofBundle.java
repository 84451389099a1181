package nimble.light;

import java.util.List;
import java.util.Optional;
import nimble.chain.Header;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// A proof that needs nobody: the way from a trusted point to a final header, and claims under it
/// (Y9). `nbcli` keeps receipts as files of these bytes.
///
/// @param anchor of the way's start when that is a block; none when it is genesis
/// @param steps one for each epoch on the way
public record ProofBundle(
    Optional<Anchor> anchor,
    List<EpochStep> steps,
    Finality finality,
    List<StateClaim> claims,
    List<Inclusion> inclusions) {
  /// About fourteen years of days.
  public static final int STEPS_MAX = 5_000;

  public static final int CLAIMS_MAX = 64;
  public static final int BYTES_MAX = 64 << 20;
  private static final String MAGIC = "nimble/proof";
  private static final int VERSION = 1;

  public ProofBundle {
    steps = List.copyOf(steps);
    claims = List.copyOf(claims);
    inclusions = List.copyOf(inclusions);
    Invariant.check(
        steps.size() <= STEPS_MAX && claims.size() <= CLAIMS_MAX && inclusions.size() <= CLAIMS_MAX,
        "%d steps, %d claims, %d inclusions",
        steps.size(),
        claims.size(),
        inclusions.size());
  }

  /// The final header, once everything in here holds from the trusted point on. A trusted block may
  /// be the anchor, the end of an epoch on the way, or the final header itself.
  public Header verify(Trust trust) throws Malformed {
    Header header =
        switch (trust) {
          case Trust.InGenesis(var genesis) -> walk(Verifier.of(genesis), 0);
          case Trust.InBlock(Checkpoint checkpoint) -> from(checkpoint);
        };
    for (StateClaim claim : claims) {
      claim.valueUnder(header);
    }
    for (Inclusion inclusion : inclusions) {
      inclusion.checkUnder(header);
    }
    return header;
  }

  private Header from(Checkpoint trusted) throws Malformed {
    List<Header> headers = finality.headers();
    for (int i = 0; i < headers.size(); i++) {
      if (trusted.names(headers.get(i))) {
        Verifier.checkLinks(headers.subList(0, i + 1));
        return finality.header();
      }
    }
    if (anchor.filter(it -> trusted.names(it.header())).isPresent()) {
      return walk(Verifier.of(trusted, anchor.get()), 0);
    }
    for (int i = 0; i < steps.size(); i++) {
      EpochStep step = steps.get(i);
      if (trusted.names(step.boundary())) {
        return walk(Verifier.after(trusted, step.boundary(), step.next()), i + 1);
      }
    }
    throw new Malformed(
        "the trusted block %s is none of those that the proof starts from or passes"
            .formatted(trusted));
  }

  private Header walk(Verifier start, int from) throws Malformed {
    Verifier verifier = start;
    for (EpochStep step : steps.subList(from, steps.size())) {
      verifier = verifier.follow(step);
    }
    return verifier.verify(finality);
  }

  /// The value of a claim of a verified bundle: empty when there is none, or no such claim.
  public Optional<Bytes> value(Bytes key) throws Malformed {
    for (StateClaim claim : claims) {
      if (claim.key().equals(key)) {
        return claim.valueUnder(finality.header());
      }
    }
    return Optional.empty();
  }

  public Bytes encode() {
    return Writer.encode(this::write);
  }

  public void write(Writer writer) {
    writer.string(MAGIC, MAGIC.length()).u8(VERSION).optional(anchor, Anchor::write);
    writer.list(steps, STEPS_MAX, EpochStep::write);
    finality.write(writer);
    writer.list(claims, CLAIMS_MAX, StateClaim::write);
    writer.list(inclusions, CLAIMS_MAX, Inclusion::write);
  }

  public static ProofBundle read(Reader reader) throws Malformed {
    if (!reader.string(MAGIC.length()).equals(MAGIC)) {
      throw new Malformed("these bytes are no proof");
    }
    reader.version(VERSION);
    return new ProofBundle(
        reader.optional(Anchor::read),
        reader.list(STEPS_MAX, EpochStep::read),
        Finality.read(reader),
        reader.list(CLAIMS_MAX, StateClaim::read),
        reader.list(CLAIMS_MAX, Inclusion::read));
  }

  public static ProofBundle decode(Bytes bytes) throws Malformed {
    if (bytes.size() > BYTES_MAX) {
      throw new Malformed("proof of %d bytes, at most %d".formatted(bytes.size(), BYTES_MAX));
    }
    return Reader.decode(bytes, ProofBundle::read);
  }
}
