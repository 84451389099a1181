package nimble.vm.tensor;

import java.nio.ByteBuffer;
import java.util.Optional;
import nimble.check.Invariant;

/// Numbers of four bits in blocks (L3): two codes a byte, the first in the upper half.
public final class Nf4Tensor implements FrozenTensor {
  private final int count;
  private final int block;
  private final int blocks;
  private final boolean doubled;
  private final Octets codes;

  /// Of blocks; when doubled, of groups, and behind them the mean that was taken off.
  private final Floats scales;

  private final Optional<Octets> scaleCodes;
  private final float[] open;
  private float[] blockScales;
  private int opened;
  private int closed;

  Nf4Tensor(int count, int block, boolean doubled) {
    this.count = count;
    this.block = block;
    this.doubled = doubled;
    blocks = Nf4.blocks(count, block);
    codes = new Octets(Math.multiplyExact(blocks, block / 2));
    int groups = Nf4.groups(blocks);
    scales = Floats.zeros(doubled ? groups + 1 : blocks);
    scaleCodes = doubled ? Optional.of(new Octets(groups * Nf4.GROUP)) : Optional.empty();
    open = new float[block];
    blockScales = new float[doubled ? blocks : 0];
  }

  @Override
  public int count() {
    return count;
  }

  public int block() {
    return block;
  }

  public int blocks() {
    return blocks;
  }

  /// Of whole blocks.
  public ByteBuffer codes() {
    return codes.view();
  }

  /// Codes of the blocks' scales, filled up to whole groups; empty when scales are not quantised.
  public Optional<ByteBuffer> scaleCodes() {
    return scaleCodes.map(Octets::view);
  }

  /// Of blocks, or of groups and then the mean that was taken off.
  public Floats scales() {
    return scales;
  }

  @Override
  public void put(float[] numbers, int length) {
    for (int i = 0; i < length; i++) {
      open[opened++] = numbers[i];
      boolean last = (long) closed * block + opened == count;
      if (opened == block || last) {
        close(opened);
      }
      if (last) {
        finish();
      }
    }
  }

  private void close(int length) {
    Invariant.check(closed < blocks, "more than %d numbers", count);
    float largest = 0;
    for (int i = 0; i < length; i++) {
      largest = Math.max(largest, Math.abs(open[i]));
    }
    float inverse = 1 / largest;
    byte[] packed = new byte[block / 2];
    for (int i = 0; i < block; i++) {
      int code = Nf4.code(i < length ? open[i] * inverse : 0);
      packed[i / 2] |= (byte) (i % 2 == 0 ? code << 4 : code);
    }
    codes.put(closed * packed.length, packed, packed.length);
    if (doubled) {
      blockScales[closed] = largest;
    } else {
      scales.put(closed, new float[] {largest}, 1);
    }
    closed++;
    opened = 0;
  }

  /// All blocks' scales are there: they get codes themselves.
  private void finish() {
    if (!doubled) {
      return;
    }
    double sum = 0;
    for (float scale : blockScales) {
      sum += scale;
    }
    float mean = (float) (sum / blocks);
    int groups = scales.count() - 1;
    byte[] packed = new byte[Nf4.GROUP];
    for (int group = 0; group < groups; group++) {
      int first = group * Nf4.GROUP;
      int length = Math.min(Nf4.GROUP, blocks - first);
      float largest = 0;
      for (int i = 0; i < length; i++) {
        largest = Math.max(largest, Math.abs(blockScales[first + i] - mean));
      }
      float inverse = 1 / largest;
      for (int i = 0; i < Nf4.GROUP; i++) {
        packed[i] =
            (byte) (i < length ? Nf4.mapCode((blockScales[first + i] - mean) * inverse) : 0);
      }
      scaleCodes.orElseThrow().put(first, packed, packed.length);
      scales.put(group, new float[] {largest}, 1);
    }
    scales.put(groups, new float[] {mean}, 1);
    blockScales = new float[0];
  }

  @Override
  public float[] values() {
    float[] values = new float[count];
    byte[] packed = new byte[block / 2];
    float[] decoded = decodedScales();
    for (int at = 0; at < count; at += block) {
      int index = at / block;
      codes.get(index * packed.length, packed, packed.length);
      for (int i = 0; i < Math.min(block, count - at); i++) {
        int code = i % 2 == 0 ? packed[i / 2] >> 4 & 15 : packed[i / 2] & 15;
        values[at + i] = Nf4.level(code) * decoded[index];
      }
    }
    return values;
  }

  /// Of all blocks: each product and each sum is rounded.
  float[] decodedScales() {
    if (!doubled) {
      return scales.toArray(0, blocks);
    }
    float[] decoded = new float[blocks];
    byte[] packed = new byte[Nf4.GROUP];
    float mean = scales.toArray(scales.count() - 1, 1)[0];
    for (int group = 0; group < scales.count() - 1; group++) {
      float scale = scales.toArray(group, 1)[0];
      int first = group * Nf4.GROUP;
      scaleCodes.orElseThrow().get(first, packed, packed.length);
      for (int i = 0; i < Math.min(Nf4.GROUP, blocks - first); i++) {
        float part = Nf4.mapped(packed[i] & 0xff) * scale;
        decoded[first + i] = part + mean;
      }
    }
    return decoded;
  }

  @Override
  public void close() {
    codes.close();
    scales.close();
    scaleCodes.ifPresent(Octets::close);
  }
}
