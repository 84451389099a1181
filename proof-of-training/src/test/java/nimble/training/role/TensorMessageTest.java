package nimble.training.role;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import nimble.chain.StageSlot;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.sim.Seeds;
import nimble.vm.generation.Sampling;
import org.junit.jupiter.api.Test;

final class TensorMessageTest {
  private static final Bytes PAYLOAD = Bytes.wrap(new byte[] {1, 2, 3});

  @Test
  void namesHaveOneEncoding() throws Malformed {
    StepTensor step =
        new StepTensor(new StageSlot(Tiny.JOB, 2, 0), 1, 3, 4, 5, StepTensor.Kind.GRADIENT);
    assertEncoded(
        "0000001a"
            + "01"
            + "0000000000000007"
            + "02"
            + "00"
            + "00000001"
            + "00000003"
            + "00000004"
            + "0005"
            + "01"
            + "010203",
        step);
    DecodeTensor decode =
        new DecodeTensor(
            Tiny.JOB, Tiny.key(0), 6, 1, 8, true, DecodeTensor.Kind.HIDDEN, Sampling.of(800, 9));
    assertEncoded(
        "0000004c"
            + "02"
            + "0000000000000007"
            + Tiny.key(0)
            + "0000000000000006"
            + "01"
            + "00000008"
            + "01"
            + "01"
            + "00000320"
            + "00000000"
            + "03e8"
            + "03e8"
            + "0000000000000009"
            + "010203",
        decode);
    assertEncoded(
        "0000001c"
            + "03"
            + "0000000000000007"
            + "02"
            + "00"
            + "00000001"
            + "00000009"
            + "0000000000000005"
            + "03"
            + "010203",
        new EvidenceName(new StageSlot(Tiny.JOB, 2, 0), 1, 9, 5, EvidenceName.Kind.ASK_SHARDS));
  }

  @Test
  void anyBytesDecodeOrAreMalformed() {
    Bytes good =
        new TensorMessage(
                new StepTensor(
                    new StageSlot(Tiny.JOB, 1, 0), 0, 0, 0, 0, StepTensor.Kind.ACTIVATION),
                PAYLOAD)
            .encode();
    Seeds.forEach(2_000, random -> decodeChanged(good, random));
    EvidenceName ask =
        new EvidenceName(new StageSlot(Tiny.JOB, 1, 0), 0, 0, 0, EvidenceName.Kind.ASK);
    Bytes asked = new TensorMessage(ask, Bytes.EMPTY).encode();
    Seeds.forEach(2_000, random -> decodeChanged(asked, random));
    assertThrows(Malformed.class, () -> TensorMessage.decode(Bytes.EMPTY));
    assertThrows(Malformed.class, () -> TensorMessage.decode(Bytes.hex("000000800102")));
  }

  private static void decodeChanged(Bytes good, SplittableRandom random) {
    byte[] bytes = good.slice(0, 1 + random.nextInt(good.size())).toArray();
    for (int i = random.nextInt(4); i > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    try {
      TensorMessage message = TensorMessage.decode(Bytes.wrap(bytes.clone()));
      assertEquals(Bytes.wrap(bytes), message.encode());
    } catch (Malformed expected) {
      assertNotNull(expected.getMessage());
    }
  }

  private static void assertEncoded(String hex, TensorName name) throws Malformed {
    TensorMessage message = new TensorMessage(name, PAYLOAD);
    assertEquals(hex, message.encode().toString());
    assertEquals(message, TensorMessage.decode(message.encode()));
  }
}
