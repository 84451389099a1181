package nimble.node.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import nimble.check.Invariant;
import nimble.training.spec.DataSpec;
import nimble.vm.ModelSpec;
import nimble.vm.data.ExampleData;
import nimble.vm.data.Shuffle;

/// Writes [ExampleData]: rows as they come, then all of them in an order that is always the same
/// for as many rows, so that a file that is sorted by its label can be split.
final class ExampleFile implements RowWriter, AutoCloseable {
  private static final long ORDER_SEED = 0;

  private final Path file;
  private final ModelSpec model;
  private final Path unordered;
  private final OutputStream out;
  private final ByteBuffer row;
  private long rows;

  /// @param file to be written
  ExampleFile(Path file, ModelSpec model) throws IOException {
    this.file = file;
    this.model = model;
    unordered = Files.createTempFile("nimble-", ".rows");
    out = new BufferedOutputStream(Files.newOutputStream(unordered));
    row =
        ByteBuffer.allocate(Math.toIntExact(ExampleData.rowBytes(model)))
            .order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public ModelSpec model() {
    return model;
  }

  @Override
  public ExampleFile number(double number) {
    row.putFloat((float) number);
    return this;
  }

  @Override
  public ExampleFile id(int id) {
    row.putInt(id);
    return this;
  }

  @Override
  public void end() throws Mistake, IOException {
    Invariant.check(!row.hasRemaining(), "%d bytes of a row missing", row.remaining());
    rows++;
    if (rows * row.capacity() > DataSpec.SIZE_MAX) {
      throw Mistake.of(
          "the data is too large: %d examples have more than %d bytes", rows, DataSpec.SIZE_MAX);
    }
    out.write(row.array());
    row.clear();
  }

  /// Writes the file.
  void finish() throws IOException {
    out.close();
    int size = row.capacity();
    Shuffle order = new Shuffle(ORDER_SEED, "rows", Math.max(1, Math.toIntExact(rows)));
    try (FileChannel from = FileChannel.open(unordered);
        OutputStream to = new BufferedOutputStream(Files.newOutputStream(file))) {
      MappedByteBuffer all = from.map(FileChannel.MapMode.READ_ONLY, 0, rows * size);
      for (int i = 0; i < rows; i++) {
        all.get(order.at(i) * size, row.array());
        to.write(row.array());
      }
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
    Files.deleteIfExists(unordered);
  }
}
