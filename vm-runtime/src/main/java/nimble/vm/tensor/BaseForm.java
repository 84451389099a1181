package nimble.vm.tensor;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.spec.Problems;

/// How a frozen base lies in memory (L2): the matrices of linear maps in `storage`; with NF4 those
/// of embeddings, heads and convolutions in bf16; vectors in fp32.
///
/// @param doubled the scales of NF4 are quantised too; otherwise false
/// @param block numbers that share a scale of NF4; otherwise 0
public record BaseForm(Storage storage, boolean doubled, int block) {
  public static final int BLOCK_MIN = 64;
  public static final int BLOCK_MAX = 4096;

  public static final BaseForm FP32 = new BaseForm(Storage.FP32, false, 0);
  public static final BaseForm BF16 = new BaseForm(Storage.BF16, false, 0);

  /// QLoRA's: blocks of 64, scales quantised.
  public static final BaseForm NF4 = new BaseForm(Storage.NF4, true, BLOCK_MIN);

  /// Of a tensor in that form.
  public Storage of(ParameterTensor tensor) {
    return switch (tensor.part()) {
      case LINEAR -> storage;
      case TABLE, HEAD, KERNEL -> storage == Storage.NF4 ? Storage.BF16 : storage;
      case BIAS, NORM, LORA_A, LORA_B -> Storage.FP32;
    };
  }

  /// Bytes that the tensor takes in memory.
  public long bytes(ParameterTensor tensor) {
    Storage form = of(tensor);
    return form == Storage.NF4
        ? Nf4.bytes(tensor.count(), block, doubled)
        : form.bytes() * tensor.size();
  }

  /// Whether programs decode matrices while they run.
  public boolean decodes() {
    return storage != Storage.FP32;
  }

  public void check(Problems problems) {
    boolean nf4 = storage == Storage.NF4;
    boolean power = Integer.bitCount(block) == 1 && block >= BLOCK_MIN && block <= BLOCK_MAX;
    problems.that(
        nf4 ? power : block == 0,
        "quantization.block",
        block,
        nf4 ? "a power of two between %d and %d".formatted(BLOCK_MIN, BLOCK_MAX) : "absent");
    problems.that(nf4 || !doubled, "quantization.double", doubled, "absent but for nf4");
  }

  public void write(Writer writer) {
    writer.u8(storage.tag()).bool(doubled).u16(block);
  }

  public static BaseForm read(Reader reader) throws Malformed {
    return new BaseForm(Storage.read(reader), reader.bool(), reader.u16());
  }
}
