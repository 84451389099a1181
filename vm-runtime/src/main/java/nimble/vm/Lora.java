package nimble.vm;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.spec.Problem;
import nimble.spec.Problems;
import nimble.vm.tensor.BaseForm;

/// What is trained instead of a model's weights, which stay as they are (L1): beside each linear
/// map of `targets` two small matrices, `y = x·Wᵀ + b + ((x·Aᵀ) · alpha/rank)·Bᵀ`.
///
/// Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021; Dettmers et al., "QLoRA:
/// Efficient Finetuning of Quantized LLMs", 2023.
///
/// @param dropout the share of what adapters take that training leaves out ([Dropout])
/// @param base how what stays lies in memory
public record Lora(
    int rank, float alpha, float dropout, SortedSet<LoraTarget> targets, BaseForm base) {
  public static final int RANK_MAX = 1024;
  public static final float ALPHA_MAX = 4096;

  public Lora {
    targets = Collections.unmodifiableSortedSet(new TreeSet<>(targets));
    Problems.none(problems(rank, alpha, dropout, targets, base));
  }

  public Lora(int rank, float alpha, Collection<LoraTarget> targets, BaseForm base) {
    this(rank, alpha, 0, targets, base);
  }

  public Lora(int rank, float alpha, float dropout, Collection<LoraTarget> targets, BaseForm base) {
    this(rank, alpha, dropout, new TreeSet<>(targets), base);
  }

  /// Everything that is wrong with such adapters, whatever the model.
  public static List<Problem> problems(
      int rank, float alpha, float dropout, Collection<LoraTarget> targets, BaseForm base) {
    Problems problems = new Problems();
    problems.range("lora.r", rank, 1, RANK_MAX);
    problems.range("lora.alpha", alpha, Float.MIN_NORMAL, ALPHA_MAX);
    problems.range("lora.dropout", dropout, 0, Dropout.RATE_MAX);
    problems.that(
        !targets.isEmpty(), "lora.target_modules", "empty", "some of " + LoraTarget.allNames());
    base.check(problems);
    return problems.list();
  }

  /// What the adapters' share of an output is multiplied by.
  public float scale() {
    return alpha / rank;
  }

  /// Whether a linear map gets an adapter.
  ///
  /// @param name of the map in the [Layout]
  boolean adapts(String name) {
    return targets.stream().anyMatch(target -> target.isAt(name));
  }

  void write(Writer writer) {
    writer.u16(rank);
    Fp32Field.write(alpha, writer);
    Fp32Field.write(dropout, writer);
    int set = 0;
    for (LoraTarget target : targets) {
      set |= target.bit;
    }
    base.write(writer.u16(set));
  }

  static Lora read(Reader reader) throws Malformed {
    int rank = reader.u16();
    float alpha = Fp32Field.read(reader);
    float dropout = Fp32Field.read(reader);
    int set = reader.u16();
    SortedSet<LoraTarget> targets = new TreeSet<>();
    for (LoraTarget target : LoraTarget.values()) {
      if ((set & target.bit) != 0) {
        targets.add(target);
        set -= target.bit;
      }
    }
    if (set != 0) {
      throw new Malformed("lora targets %x".formatted(set));
    }
    BaseForm base = BaseForm.read(reader);
    Problems.refuse(problems(rank, alpha, dropout, targets, base));
    return new Lora(rank, alpha, dropout, targets, base);
  }
}
