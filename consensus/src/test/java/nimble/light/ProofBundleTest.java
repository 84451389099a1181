package nimble.light;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import nimble.chain.Header;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Writer;
import org.junit.jupiter.api.Test;

/// Y9: proofs that need nobody.
final class ProofBundleTest {
  private static final Chain CHAIN = new Chain(2);
  private static final Bytes KEY = Bytes.utf8("b");

  private static ProofBundle bundle(Optional<Anchor> anchor, long from, long height) {
    return new ProofBundle(
        anchor,
        LongStream.range(from, height / 10).mapToObj(CHAIN::step).toList(),
        CHAIN.finality(height),
        List.of(Chain.claim(KEY), Chain.claim(Bytes.utf8("none"))),
        List.of(Inclusion.of(Chain.ENTRIES, Chain.RECEIPTS, 1)));
  }

  @Test
  void y9ABundleHoldsFromGenesisAndFromAnyBlockOnItsWay() throws Malformed {
    ProofBundle bundle = bundle(Optional.empty(), 0, 34);
    Header header = CHAIN.header(34);
    ProofBundle read = ProofBundle.decode(bundle.encode());
    assertEquals(bundle, read);
    assertEquals(header, read.verify(new Trust.InGenesis(CHAIN.genesis())));
    for (long trusted : List.of(9, 19, 29, 34)) {
      assertEquals(header, read.verify(new Trust.InBlock(Checkpoint.of(CHAIN.header(trusted)))));
    }
    assertThrows(
        Malformed.class, () -> read.verify(new Trust.InBlock(Checkpoint.of(CHAIN.header(12)))));
    assertEquals(Optional.of(Bytes.utf8("2")), read.value(KEY));
    assertEquals(Optional.empty(), read.value(Bytes.utf8("none")));
  }

  @Test
  void y9ABundleHoldsFromItsAnchor() throws Malformed {
    Anchor anchor = new Anchor(CHAIN.header(15), CHAIN.set(1));
    ProofBundle bundle = bundle(Optional.of(anchor), 1, 34);
    assertEquals(
        CHAIN.header(34), bundle.verify(new Trust.InBlock(Checkpoint.of(anchor.header()))));
    assertThrows(Malformed.class, () -> bundle.verify(new Trust.InGenesis(CHAIN.genesis())));
  }

  @Test
  void y9AMissingOrSwappedStepIsRefused() {
    ProofBundle whole = bundle(Optional.empty(), 0, 34);
    List<EpochStep> steps = whole.steps();
    for (List<EpochStep> wrong :
        List.of(
            List.<EpochStep>of(),
            List.of(steps.get(0), steps.get(2)),
            List.of(steps.get(0), steps.get(1)),
            List.of(steps.get(1), steps.get(0), steps.get(2)))) {
      ProofBundle bundle =
          new ProofBundle(
              Optional.empty(), wrong, whole.finality(), whole.claims(), whole.inclusions());
      assertThrows(Malformed.class, () -> bundle.verify(new Trust.InGenesis(CHAIN.genesis())));
    }
  }

  /// Whatever byte of a proof is changed: it is no proof any more. (Only the key of an absence can
  /// become another key that is absent too, and then the proof still tells the truth.)
  @Test
  void y9NoByteOfABundleCanBeChanged() throws Malformed {
    Anchor anchor = new Anchor(CHAIN.header(12), CHAIN.set(1));
    ProofBundle bundle = bundle(Optional.of(anchor), 1, 14);
    byOtherBytes(
        bundle, 0, bundle.encode().size(), new Trust.InBlock(Checkpoint.of(anchor.header())));
  }

  @Test
  void y9NoByteOfAStepCanBeChanged() throws Malformed {
    ProofBundle bundle = bundle(Optional.empty(), 0, 14);
    int step = Writer.encode(bundle.steps().getFirst()::write).size();
    byOtherBytes(bundle, 0, step + 22, new Trust.InGenesis(CHAIN.genesis()));
  }

  private static void byOtherBytes(ProofBundle bundle, int from, int to, Trust trust)
      throws Malformed {
    bundle.verify(trust);
    byte[] bytes = bundle.encode().toArray();
    SplittableRandom random = new SplittableRandom(bytes.length);
    int refused = 0;
    for (int i = from; i < to; i++) {
      byte before = bytes[i];
      bytes[i] ^= (byte) (1 << random.nextInt(8));
      Bytes forged = Bytes.copyOf(bytes);
      try {
        ProofBundle taken = ProofBundle.decode(forged);
        assertEquals(bundle.finality().header(), taken.verify(trust), "byte " + i);
        assertEquals(bundle.inclusions(), taken.inclusions(), "byte " + i);
        assertEquals(bundle.claims().getFirst(), taken.claims().getFirst(), "byte " + i);
        Bytes absent = taken.claims().getLast().key();
        assertEquals(Optional.empty(), taken.value(absent), "byte " + i);
        assertNotEquals(
            bundle.claims().getLast().key(), absent, "byte %d can be changed".formatted(i));
        assertEquals(false, Chain.STATE.containsKey(absent), "byte " + i);
      } catch (Malformed expected) {
        refused++;
      }
      bytes[i] = before;
    }
    assertTrue(refused >= to - from - "none".length(), refused + " refused");
  }
}
