package nimble.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Hash;
import org.junit.jupiter.api.Test;

/// Proofs built by hand; proofs from real trees are tested with the tree.
final class StateProofTest {
  private static final Bytes KEY = Bytes.utf8("key");
  private static final Bytes VALUE = Bytes.utf8("value");
  private static final Hash LEAF = StateHash.leaf(StateHash.path(KEY), StateHash.value(VALUE));

  @Test
  void r2TheEmptyStateHasNothing() throws Malformed {
    StateProof proof = new StateProof(new StateProof.Vacant(), List.of());
    assertEquals(Optional.empty(), proof.verify(StateHash.EMPTY, KEY));
    assertThrows(Malformed.class, () -> proof.verify(LEAF, KEY));
  }

  @Test
  void r3ALoneLeafIsTheRoot() throws Malformed {
    StateProof proof = new StateProof(new StateProof.Present(VALUE), List.of());
    assertEquals(Optional.of(VALUE), proof.verify(LEAF, KEY));
    assertThrows(Malformed.class, () -> proof.verify(LEAF, VALUE));
  }

  @Test
  void r5AnotherLeafProvesAbsence() throws Malformed {
    StateProof proof =
        new StateProof(
            new StateProof.Other(StateHash.path(KEY), StateHash.value(VALUE)), List.of());
    assertEquals(Optional.empty(), proof.verify(LEAF, VALUE));
    assertThrows(Malformed.class, () -> proof.verify(LEAF, KEY));
  }

  @Test
  void r5ALeafOffThePathProvesNothing() {
    Hash path = StateHash.path(KEY);
    Bytes off = Bytes.utf8("0");
    for (int i = 1; StateHash.bit(StateHash.path(off), 0) == StateHash.bit(path, 0); i++) {
      off = Bytes.utf8(Integer.toString(i));
    }
    Bytes absent = off;
    StateProof proof =
        new StateProof(
            new StateProof.Other(path, StateHash.value(VALUE)), List.of(StateHash.EMPTY));
    Hash root =
        StateHash.bit(StateHash.path(absent), 0) == 0
            ? StateHash.node(LEAF, StateHash.EMPTY)
            : StateHash.node(StateHash.EMPTY, LEAF);
    assertThrows(Malformed.class, () -> proof.verify(root, absent));
  }

  @Test
  void encodingIsFixed() throws Malformed {
    StateProof proof = new StateProof(new StateProof.Present(VALUE), List.of(StateHash.EMPTY));
    Bytes expected = Bytes.hex("0101" + "00000005" + VALUE + "00000001" + StateHash.EMPTY);
    assertEquals(expected, Writer.encode(proof::write));
    assertEquals(proof, Reader.decode(expected, StateProof::read));
    assertThrows(
        Malformed.class, () -> Reader.decode(Bytes.hex("0104" + "00000000"), StateProof::read));
  }

  @Test
  void hashesAreFixed() {
    assertEquals(
        "23eeaa0a5342b949dc7e5ea30783e03e01451d47c5b539ccbffec1d266d0abc6",
        StateHash.EMPTY.toString());
    assertEquals(
        "3425bb62b5e7bfd2247d3daff5921fa58e5fea60912580cc382165a9aa89a11f", LEAF.toString());
    assertEquals(
        "a8ea41bbee98ee5419695367e16535b66dfa76a4ae374785b858649fd27d1fd2",
        StateHash.node(LEAF, StateHash.EMPTY).toString());
  }
}
