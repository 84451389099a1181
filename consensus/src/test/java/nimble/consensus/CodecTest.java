package nimble.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.sim.Seeds;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.VoteSignature;
import org.junit.jupiter.api.Test;

/// One golden encoding per type: a changed byte is a changed protocol.
final class CodecTest {
  private static final ChainId CHAIN = new ChainId("nimble-test");
  private static final Proposal PROPOSAL = new Proposal(2, 7, 5, hash(0xab));
  private static final Vote NOTARIZE = new Vote.Notarize(PROPOSAL);
  private static final Vote NULLIFY = new Vote.Nullify(2, 7);
  private static final Vote FINALIZE = new Vote.Finalize(PROPOSAL);
  private static final VoteSignature SIGNATURE = new VoteSignature(fill(0xcd, VoteSignature.SIZE));
  private static final SignedVote SIGNED = new SignedVote(9, NULLIFY, SIGNATURE);
  private static final Certificate CERTIFICATE =
      new Certificate(FINALIZE, SignerSet.of(List.of(0, 2, 9)), SIGNATURE);

  private static final String AB = "ab".repeat(32);
  private static final String CD = "cd".repeat(96);
  private static final String PROPOSAL_HEX =
      "0000000000000002" + "0000000000000007" + "0000000000000005" + AB;
  private static final String NULLIFY_HEX = "01" + "02" + "0000000000000002" + "0000000000000007";
  private static final String CERTIFICATE_HEX =
      "01" + "03" + PROPOSAL_HEX + "00000002" + "0502" + CD;

  private static Bytes fill(int value, int size) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) value);
    return Bytes.wrap(bytes);
  }

  private static Hash hash(int value) {
    return new Hash(fill(value, Hash.SIZE));
  }

  private static <T> void golden(
      String hex, T value, BiConsumer<T, Writer> write, Reader.Decoder<? extends T> read)
      throws Malformed {
    Bytes encoded = Writer.encode(to -> write.accept(value, to));
    assertEquals(hex, encoded.toString());
    assertEquals(value, Reader.decode(encoded, read));
    for (int i = 0; i < encoded.size(); i++) {
      Bytes cut = encoded.slice(0, i);
      assertThrows(Malformed.class, () -> Reader.decode(cut, read));
    }
  }

  @Test
  void proposalConforms() throws Malformed {
    golden(PROPOSAL_HEX, PROPOSAL, Proposal::write, Proposal::read);
  }

  @Test
  void votesConform() throws Malformed {
    golden("01" + "01" + PROPOSAL_HEX, NOTARIZE, Vote::write, Vote::read);
    golden(NULLIFY_HEX, NULLIFY, Vote::write, Vote::read);
    golden("01" + "03" + PROPOSAL_HEX, FINALIZE, Vote::write, Vote::read);
  }

  @Test
  void preimagesConform() {
    String chain = "0000000b" + "6e696d626c652d74657374";
    String tail = "0000000000000007" + "0000000000000005" + AB;
    assertEquals(chain + "0000000000000002" + "01" + tail, NOTARIZE.preimage(CHAIN).toString());
    assertEquals(
        chain + "0000000000000002" + "02" + "0000000000000007", NULLIFY.preimage(CHAIN).toString());
    assertEquals(chain + "0000000000000002" + "03" + tail, FINALIZE.preimage(CHAIN).toString());
  }

  @Test
  void messagesConform() throws Malformed {
    golden("01" + "09" + NULLIFY_HEX + CD, SIGNED, Message::writeTagged, Message::readTagged);
    golden("02" + CERTIFICATE_HEX, CERTIFICATE, Message::writeTagged, Message::readTagged);
    golden(
        "03" + "0000000000000002" + "0000000000000003" + "0000000000000009",
        new Request(2, 3, 9),
        Message::writeTagged,
        Message::readTagged);
    golden("09" + NULLIFY_HEX + CD, SIGNED, SignedVote::write, SignedVote::read);
    golden(CERTIFICATE_HEX, CERTIFICATE, Certificate::write, Certificate::read);
  }

  @Test
  void recordsConform() throws Malformed {
    golden("01" + NULLIFY_HEX, new VoteRecord.Voted(NULLIFY), VoteRecord::write, VoteRecord::read);
    golden(
        "02" + CERTIFICATE_HEX,
        new VoteRecord.Seen(CERTIFICATE),
        VoteRecord::write,
        VoteRecord::read);
    golden(
        "03" + "0000000000000002" + "0000000000000040",
        new VoteRecord.Floor(2, 64),
        VoteRecord::write,
        VoteRecord::read);
  }

  @Test
  void whatPeersGetWrongIsMalformed() {
    String view0 = "0000000000000002" + "0000000000000000" + "0000000000000000" + AB;
    String future = "0000000000000002" + "0000000000000005" + "0000000000000005" + AB;
    String huge = "0000000000000002" + "7fffffffffffffff" + "0000000000000005" + AB;
    for (String hex : List.of(view0, future, huge)) {
      malformed(hex, Proposal::read);
    }
    malformed("02" + NULLIFY_HEX.substring(2), Vote::read);
    malformed("01" + "04" + "0000000000000002" + "0000000000000007", Vote::read);
    malformed("64" + NULLIFY_HEX + CD, SignedVote::read);
    malformed("04" + NULLIFY_HEX, Message::readTagged);
    malformed("00" + NULLIFY_HEX, VoteRecord::read);
    malformed("0000000000000002" + "0000000000000009" + "0000000000000003", Request::read);
  }

  @Test
  void aSetOfSignersHasOneEncoding() {
    malformed("00000002" + "0500", SignerSet::read);
    malformed("0000000e" + "01".repeat(14), SignerSet::read);
    Seeds.forEach(
        200,
        random -> {
          TreeSet<Integer> indexes = new TreeSet<>();
          random.ints(random.nextInt(40), 0, Committee.VALIDATORS_MAX).forEach(indexes::add);
          SignerSet signers = SignerSet.of(indexes);
          assertEquals(List.copyOf(indexes), signers.indexes());
          for (int i = 0; i < 200; i++) {
            assertEquals(indexes.contains(i), signers.contains(i));
          }
        });
  }

  @Test
  void quorumIsMoreThanTwoThirds() {
    Committee four = new Committee(0, List.of(1L, 1L, 1L, 1L), 0, _ -> 0);
    assertEquals(3, four.quorum());
    assertTrue(four.isQuorum(SignerSet.of(List.of(0, 2, 3))));
    assertEquals(false, four.isQuorum(SignerSet.of(List.of(0, 1))));
    assertEquals(false, four.isQuorum(SignerSet.of(List.of(0, 1, 2, 4))));
    assertEquals(3, new Committee(0, List.of(1L, 2L), 0, _ -> 0).quorum());
  }

  private static void malformed(String hex, Reader.Decoder<?> read) {
    assertThrows(Malformed.class, () -> Reader.decode(Bytes.hex(hex), read), hex);
  }
}
