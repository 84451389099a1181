package nimble.vm.djl;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.pytorch.jni.LibUtils;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.check.Invariant;
import nimble.vm.tensor.NativeCall;

/// The native library itself, for what DJL has no word for: by the C++ names of what it exports.
@SuppressWarnings("restricted")
final class Libtorch {
  private static final String REMEDY =
      "; put libtorch 2.7.1 for CUDA 12.8 somewhere and set PYTORCH_LIBRARY_PATH to its lib folder,"
          + " PYTORCH_VERSION=2.7.1 and PYTORCH_FLAVOR=cu128, or choose cpu";

  /// A switch of `at::Context`, and how it has to stand on a GPU (D7).
  private record Switch(String is, String set, boolean wanted) {}

  private static final List<Switch> SWITCHES =
      List.of(
          new Switch("deterministicCuDNN", "setDeterministicCuDNN", true),
          new Switch("benchmarkCuDNN", "setBenchmarkCuDNN", false),
          new Switch("allowTF32CuBLAS", "setAllowTF32CuBLAS", false),
          new Switch("allowTF32CuDNN", "setAllowTF32CuDNN", false),
          new Switch("allowFP16ReductionCuBLAS", "setAllowFP16ReductionCuBLAS", false),
          new Switch("allowBF16ReductionCuBLAS", "setAllowBF16ReductionCuBLAS", false),
          new Switch("allowFP16BF16ReductionMathSDP", "setAllowFP16BF16ReductionMathSDP", false),
          new Switch("userEnabledFlashSDP", "setSDPUseFlash", false),
          new Switch("userEnabledMemEfficientSDP", "setSDPUseMemEfficient", false),
          new Switch("userEnabledCuDNNSDP", "setSDPUseCuDNN", false),
          new Switch("userEnabledMathSDP", "setSDPUseMath", true));

  private final Engine engine;
  private final Path folder;

  private Libtorch(Engine engine) {
    this.engine = engine;
    folder = Path.of(LibUtils.getLibtorchPath());
  }

  /// Loads it, if it is not yet.
  static Libtorch load() {
    try {
      return new Libtorch(Engine.getEngine("PyTorch"));
    } catch (EngineException e) {
      throw new NoDevice("libtorch does not load (" + e.getMessage() + ")" + REMEDY);
    }
  }

  /// Refuses when there is no GPU that the library can use.
  void requireCuda() {
    String name = "libtorch %s in %s".formatted(engine.getVersion(), folder);
    Path cuda = library("c10_cuda");
    if (!Files.exists(cuda)) {
      throw new NoDevice(name + " is made for the CPU" + REMEDY);
    }
    if (!engine.hasCapability("CUDA") || devices(cuda) < 1) {
      throw new NoDevice(
          name
              + " is made for CUDA, but sees no GPU: see whether nvidia-smi lists one and"
              + " CUDA_VISIBLE_DEVICES does not hide it, or choose cpu");
    }
  }

  /// The library's own count; DJL's needs a CUDA runtime beside it.
  private int devices(Path cuda) {
    Optional<MemorySegment> count = exported(cuda, "_ZN3c104cuda12device_countEv");
    return count.isPresent()
        ? (byte) NativeCall.call(count.get(), ValueLayout.JAVA_BYTE)
        : engine.getGpuCount();
  }

  /// From here on the library gives the same bits every time, with products in all of fp32's, and
  /// fails where it has no such kernel.
  void makeStrict() {
    MemorySegment context = context();
    set("setDeterministicAlgorithms", context, true, false);
    set("setDeterministicFillUninitializedMemory", context, false);
    SWITCHES.forEach(it -> set(it.set, context, it.wanted));
    Invariant.check(isStrict(), "libtorch does not keep its switches");
  }

  boolean isStrict() {
    MemorySegment context = context();
    return is("deterministicAlgorithms", context)
        && SWITCHES.stream().allMatch(it -> is(it.is, context) == it.wanted);
  }

  private MemorySegment context() {
    return (MemorySegment) NativeCall.call(symbol("_ZN2at13globalContextEv"), ValueLayout.ADDRESS);
  }

  private void set(String method, MemorySegment context, Boolean... values) {
    List<Object> arguments = new ArrayList<>(List.of(context));
    arguments.addAll(List.of(values));
    String name = "_ZN2at7Context" + method.length() + method + "E" + "b".repeat(values.length);
    NativeCall.run(symbol(name), arguments.toArray());
  }

  private boolean is(String method, MemorySegment context) {
    String name = "_ZNK2at7Context" + method.length() + method + "Ev";
    return (boolean) NativeCall.call(symbol(name), ValueLayout.JAVA_BOOLEAN, context);
  }

  private MemorySegment symbol(String name) {
    return exported(library("torch_cpu"), name)
        .orElseThrow(() ->
            new NoDevice(
                "libtorch %s in %s exports no %s".formatted(engine.getVersion(), folder, name)
                    + REMEDY));
  }

  private static Optional<MemorySegment> exported(Path library, String name) {
    return SymbolLookup.libraryLookup(library, Arena.global()).find(name);
  }

  private Path library(String name) {
    return folder.resolve(System.mapLibraryName(name));
  }
}
