package nimble.vm.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import nimble.vm.Layout;
import nimble.vm.Lora;
import nimble.vm.StageBase;
import nimble.vm.StageSpec;
import nimble.vm.tensor.BaseForm;
import nimble.vm.tensor.FrozenTensor;
import nimble.vm.tensor.Nf4;
import nimble.vm.tensor.Nf4Tensor;
import nimble.vm.tensor.ParameterTensor;
import nimble.vm.tensor.PlainTensor;
import nimble.vm.tensor.Storage;

/// Weights in the order in which layers use them, as expressions: what is trained lies in `p`; what
/// is frozen in `c`, behind the [Tables], and is decoded where it is used (L2, L3).
final class Weights {
  /// What every bf16 stands for; two levels for every byte of codes; what codes of scales stand
  /// for.
  private static final int TABLES = 3;

  private static final int PAIRS = 1;
  private static final int SCALES = 2;
  private static final int BYTES = 256;
  private static final int CODES = 16;
  private static final int GROUP = 256;

  private final List<ParameterTensor> walk;
  private final Optional<Lora> lora;
  private final int tables;
  private int next;
  private int trained;
  private int constant;

  /// @param constants in `c` before the frozen tensors
  Weights(StageSpec spec, int constants) {
    walk = Layout.walk(spec);
    lora = spec.model().lora();
    tables = constants;
    constant = constants + (decodes() ? TABLES : 0);
  }

  private boolean decodes() {
    return lora.filter(adapters -> adapters.base().decodes()).isPresent();
  }

  /// The weight that comes next, as a tensor in fp32.
  String next(LayerText text) {
    ParameterTensor tensor = walk.get(next++);
    if (!tensor.frozen()) {
      return "p[%d]".formatted(trained++);
    }
    return switch (form().of(tensor)) {
      case FP32 -> "c[%d]".formatted(constant++);
      case BF16 -> {
        String shape = shape(tensor);
        yield bf16(text, "c[%d]".formatted(constant++), shape);
      }
      case NF4 -> nf4(tensor, text);
    };
  }

  /// How many numbers the weight that comes next has.
  int count() {
    return walk.get(next).count();
  }

  /// Whether an expression is a weight that is trained.
  static boolean isTrained(String weight) {
    return weight.startsWith("p[");
  }

  /// The rows that `ids` name of the table that comes next.
  String rows(LayerText text, String ids) {
    ParameterTensor tensor = walk.get(next);
    if (tensor.frozen() && form().of(tensor) == Storage.BF16) {
      next++;
      String rows = text.let("torch.embedding(c[%d], %s)", constant++, ids);
      String shape = "torch.size(%s, 0), -1, %d".formatted(ids, tensor.shape().getLast());
      return bf16(text, rows, shape);
    }
    return text.let("torch.embedding(%s, %s)", next(text), ids);
  }

  /// The adapter of the linear map that comes next, if it has one.
  Optional<Lora> adapter(boolean bias) {
    int behind = next + (bias ? 2 : 1);
    return behind < walk.size() && walk.get(behind).isAdapter() ? lora : Optional.empty();
  }

  /// Names of the trained weights so far, from number `from` on.
  List<String> trained(int from) {
    List<String> names = new ArrayList<>();
    for (int i = from; i < trained; i++) {
      names.add("p[%d]".formatted(i));
    }
    return names;
  }

  /// How many trained weights there were so far.
  int trained() {
    return trained;
  }

  private BaseForm form() {
    return lora.orElseThrow().base();
  }

  /// By the table of all of them: the program cannot look at bytes as numbers.
  private String bf16(LayerText text, String bytes, String shape) {
    String both = text.let("torch.view(%s, [-1, 2])", bytes);
    String codes = text.let("torch.to(torch.select(%s, 1, 1), 3)", both);
    text.let("torch.add_(torch.mul_(%s, %d), torch.select(%s, 1, 0))", codes, BYTES, both);
    return text.let("torch.reshape(torch.embedding(c[%d], %s), [%s])", tables, codes, shape);
  }

  private static String shape(ParameterTensor tensor) {
    return tensor.shape().stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  /// Level · scale, block by block; what fills up the last block is cut off.
  private String nf4(ParameterTensor tensor, LayerText text) {
    String pairs =
        text.let("torch.embedding(c[%d], torch.to(c[%d], 3))", tables + PAIRS, constant++);
    String levels = text.let("torch.view(%s, [-1, %d])", pairs, form().block());
    String scales =
        text.let(
            "torch.unsqueeze(%s, 1)",
            form().doubled() ? scales(text, levels) : "c[%d]".formatted(constant++));
    String values = text.let("torch.flatten(torch.mul_(%s, %s))", levels, scales);
    return text.let(
        "torch.view(torch.narrow(%s, 0, 0, %d), [%s])", values, tensor.count(), shape(tensor));
  }

  /// Mapped · scale of the group + mean.
  private String scales(LayerText text, String levels) {
    int codes = constant++;
    int groups = constant++;
    int mean = constant++;
    String mapped =
        text.let(
            "torch.view(torch.embedding(c[%d], torch.to(c[%d], 3)), [-1, %d])",
            tables + SCALES, codes, GROUP);
    String sum =
        text.let(
            "torch.add(torch.mul(%s, torch.unsqueeze(c[%d], 1)), c[%d])", mapped, groups, mean);
    return text.let("torch.narrow(torch.flatten(%s), 0, 0, torch.size(%s, 0))", sum, levels);
  }

  /// The constants themselves, views of the base's memory.
  List<NDArray> arrays(NDManager manager, StageBase base) {
    List<NDArray> arrays = new ArrayList<>();
    if (lora.isEmpty()) {
      return arrays;
    }
    if (decodes()) {
      arrays.add(manager.create(all(), new Shape(BYTES * BYTES, 1)));
      arrays.add(manager.create(pairs(), new Shape(BYTES, 2)));
      arrays.add(manager.create(Nf4.dynamicMap(), new Shape(BYTES, 1)));
    }
    List<ParameterTensor> frozen = walk.stream().filter(ParameterTensor::frozen).toList();
    for (int i = 0; i < frozen.size(); i++) {
      add(manager, frozen.get(i), base.tensors().get(i), arrays);
    }
    arrays.forEach(array -> Tensors.named(array, "c[]"));
    return arrays;
  }

  private static void add(
      NDManager manager, ParameterTensor tensor, FrozenTensor frozen, List<NDArray> arrays) {
    long[] shape = tensor.shape().stream().mapToLong(Integer::longValue).toArray();
    switch (frozen) {
      case PlainTensor plain when plain.storage() == Storage.FP32 ->
          arrays.add(manager.create(plain.view(), new Shape(shape), DataType.FLOAT32));
      case PlainTensor plain -> {
        shape[shape.length - 1] *= Short.BYTES;
        arrays.add(manager.create(plain.view(), new Shape(shape), DataType.UINT8));
      }
      case Nf4Tensor nf4 -> {
        int codes = nf4.codes().remaining();
        arrays.add(manager.create(nf4.codes(), new Shape(codes), DataType.UINT8));
        if (nf4.scaleCodes().isPresent()) {
          int groups = nf4.scales().count() - 1;
          var scaleCodes = nf4.scaleCodes().get();
          arrays.add(manager.create(scaleCodes, new Shape(scaleCodes.remaining()), DataType.UINT8));
          arrays.add(floats(manager, nf4, 0, groups));
          arrays.add(floats(manager, nf4, groups, 1));
        } else {
          arrays.add(floats(manager, nf4, 0, nf4.blocks()));
        }
      }
    }
  }

  private static NDArray floats(NDManager manager, Nf4Tensor nf4, int at, int count) {
    return manager.create(nf4.scales().view(at, count), new Shape(count), DataType.FLOAT32);
  }

  /// Every bf16.
  private static float[] all() {
    float[] all = new float[BYTES * BYTES];
    for (int i = 0; i < all.length; i++) {
      all[i] = Float.intBitsToFloat(i << Short.SIZE);
    }
    return all;
  }

  /// For each byte its upper and its lower code's level.
  private static float[] pairs() {
    float[] levels = Nf4.levels();
    float[] pairs = new float[2 * BYTES];
    for (int i = 0; i < BYTES; i++) {
      pairs[2 * i] = levels[i / CODES];
      pairs[2 * i + 1] = levels[i % CODES];
    }
    return pairs;
  }
}
