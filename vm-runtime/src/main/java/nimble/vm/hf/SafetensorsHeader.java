package nimble.vm.hf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;

/// What a safetensors file says of its tensors: a length in eight bytes (little-endian), then so
/// much JSON, then the numbers. A header can claim anything; one that is taken names tensors that
/// lie one after the other, without overlaps or gaps, and fill the file exactly (H2).
///
/// @param tensors in the order in which they lie
/// @param metadata free words
record SafetensorsHeader(List<TensorEntry> tensors, Map<String, String> metadata) {
  static final int BYTES_MAX = 16 << 20;
  static final int TENSORS_MAX = 1 << 16;
  static final int RANK_MAX = 8;
  static final int NAME_MAX = 512;

  private static final String METADATA = "__metadata__";
  private static final int ALIGNMENT = 8;

  SafetensorsHeader {
    tensors = List.copyOf(tensors);
    metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
  }

  /// Bytes of the JSON, from the file's first eight.
  static int length(String file, long claimed, long fileBytes) throws Malformed {
    if (claimed < 2 || claimed > BYTES_MAX || claimed > fileBytes - Long.BYTES) {
      throw new Malformed(
          "%s: a header of %s bytes in a file of %d: this is no safetensors file, or not all of it"
              .formatted(file, Long.toUnsignedString(claimed), fileBytes));
    }
    return (int) claimed;
  }

  /// @param json without the length before it
  static SafetensorsHeader parse(String file, Bytes json, long dataBytes) throws Malformed {
    if (json.at(0) != '{') {
      throw new Malformed("%s: the header does not begin with '{'".formatted(file));
    }
    JsonObject all = JsonObject.parse(file, json);
    Map<String, String> metadata = new TreeMap<>();
    if (all.has(METADATA)) {
      all.object(METADATA).allTexts().forEach(it -> metadata.put(it.getKey(), it.getValue()));
    }
    List<TensorEntry> tensors = new ArrayList<>();
    if (all.size() > TENSORS_MAX) {
      throw new Malformed("%s: %d tensors, at most %d".formatted(file, all.size(), TENSORS_MAX));
    }
    for (String name : all.keys()) {
      if (!name.equals(METADATA)) {
        tensors.add(entry(file, name, all.object(name)));
      }
    }
    tensors.sort(Comparator.comparingLong(TensorEntry::offset));
    checkPlaces(file, tensors, dataBytes);
    return new SafetensorsHeader(tensors, metadata);
  }

  private static TensorEntry entry(String file, String name, JsonObject claimed) throws Malformed {
    if (name.isEmpty() || name.length() > NAME_MAX) {
      throw new Malformed(
          "%s: a tensor's name of %d characters, 1 to %d are possible"
              .formatted(file, name.length(), NAME_MAX));
    }
    String where = file + ": " + name;
    Dtype dtype = Dtype.of(where, claimed.text("dtype"));
    List<Long> shape = claimed.longs("shape", RANK_MAX);
    List<Long> offsets = claimed.longs("data_offsets", 2);
    TensorEntry entry = new TensorEntry(name, dtype, shape, offsets.isEmpty() ? 0 : offsets.get(0));
    try {
      if (offsets.size() != 2 || entry.count() == 0 || entry.end() != offsets.get(1)) {
        throw new Malformed(
            "%s: %s of shape %s do not lie at bytes %s".formatted(where, dtype, shape, offsets));
      }
    } catch (ArithmeticException e) {
      throw new Malformed("%s: more numbers than can be counted: %s".formatted(where, shape));
    }
    return entry;
  }

  private static void checkPlaces(String file, List<TensorEntry> tensors, long dataBytes)
      throws Malformed {
    long at = 0;
    for (TensorEntry tensor : tensors) {
      if (tensor.offset() != at) {
        throw new Malformed(
            "%s: %s lies at byte %d, %d is where the tensor before it ends"
                .formatted(file, tensor.name(), tensor.offset(), at));
      }
      at = tensor.end();
    }
    if (at != dataBytes) {
      throw new Malformed(
          "%s: the header describes %d bytes of numbers, the file has %d: it is cut off or damaged"
              .formatted(file, at, dataBytes));
    }
  }

  /// One after the other from the front, in this order.
  static SafetensorsHeader of(List<TensorEntry> shapes, Map<String, String> metadata) {
    List<TensorEntry> placed = new ArrayList<>();
    long at = 0;
    for (TensorEntry shape : shapes) {
      TensorEntry entry = new TensorEntry(shape.name(), shape.dtype(), shape.shape(), at);
      placed.add(entry);
      at = entry.end();
    }
    return new SafetensorsHeader(placed, metadata);
  }

  /// The length and the JSON, filled up with blanks so that the numbers are aligned.
  Bytes encode() {
    ObjectNode all = JsonObject.create();
    if (!metadata.isEmpty()) {
      ObjectNode words = all.putObject(METADATA);
      metadata.forEach(words::put);
    }
    for (TensorEntry tensor : tensors) {
      ObjectNode entry = all.putObject(tensor.name()).put("dtype", tensor.dtype().name());
      ArrayNode shape = entry.putArray("shape");
      tensor.shape().forEach(side -> shape.add(side.longValue()));
      entry.putArray("data_offsets").add(tensor.offset()).add(tensor.end());
    }
    Bytes json = JsonObject.compact(all);
    int padded = Math.ceilDiv(json.size(), ALIGNMENT) * ALIGNMENT;
    Invariant.check(padded <= BYTES_MAX, "a header of %d bytes", padded);
    ByteBuffer whole = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    whole.putLong(padded).put(json.asBuffer());
    while (whole.hasRemaining()) {
      whole.put((byte) ' ');
    }
    return Bytes.wrap(whole.array());
  }
}
