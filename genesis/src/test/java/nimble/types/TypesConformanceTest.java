package nimble.types;

import java.util.function.BiConsumer;
import nimble.codec.Bytes;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.sim.Conformance;
import org.junit.jupiter.api.Test;

final class TypesConformanceTest {
  @Test
  void encodingsDoNotChange() {
    check("Hash", new Hash(counted(Hash.SIZE)), Hash::write, Hash::read);
    check("Address", new Address(counted(Address.SIZE)), Address::write, Address::read);
    check("PublicKey", new PublicKey(counted(PublicKey.SIZE)), PublicKey::write, PublicKey::read);
    check("Signature", new Signature(counted(Signature.SIZE)), Signature::write, Signature::read);
    check("VoteKey", new VoteKey(counted(VoteKey.SIZE)), VoteKey::write, VoteKey::read);
    check(
        "VoteSignature",
        new VoteSignature(counted(VoteSignature.SIZE)),
        VoteSignature::write,
        VoteSignature::read);
    check("Height", new Height(0x0102_0304_0506L), Height::write, Height::read);
    check("JobId", new JobId(77), JobId::write, JobId::read);
    check("ChainId", new ChainId("nimble-dev-1"), ChainId::write, ChainId::read);
    check("Span", new Span(20_000, 20), Span::write, Span::read);
    check("Moment", new Moment(1_795_000_000_000L, 4_242), Moment::write, Moment::read);
  }

  private static <T> void check(
      String name, T value, BiConsumer<T, Writer> write, Reader.Decoder<T> read) {
    Conformance.check(TypesConformanceTest.class, name, value, write, read);
  }

  /// 00 01 02 …
  private static Bytes counted(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) i;
    }
    return Bytes.wrap(bytes);
  }
}
