package nimble.node.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.OptionalDouble;
import nimble.codec.Bytes;
import nimble.vm.Layer;
import nimble.vm.ModelSpec;
import nimble.vm.data.ExampleData;

/// Data for a model that was trained by a job file: read as that file says (F5), labelled or not.
public final class Questions {
  private final ModelSpec model;
  private final LabelledSource data;

  Questions(ModelSpec model, LabelledSource data) {
    this.model = model;
    this.data = data;
  }

  /// Takes them in the order of the data.
  public interface Asking {
    void question(Question question) throws Mistake, IOException;
  }

  /// What the job file trains.
  public ModelSpec model() {
    return model;
  }

  /// In the order of the model's answers; none where it tells a number.
  public List<String> classes() {
    return data.classes();
  }

  /// What an answer that is a number is in the data's own units.
  public double unscaled(double answer) {
    return data.unscaled(answer);
  }

  public void each(Asking asking) throws Mistake, IOException {
    data.write(new Rows(asking));
  }

  /// One row after the other, in memory.
  private final class Rows implements RowWriter {
    private final Asking asking;
    private final ByteBuffer row =
        ByteBuffer.allocate(Math.toIntExact(ExampleData.rowBytes(model)))
            .order(ByteOrder.LITTLE_ENDIAN);
    private final int inputBytes =
        model.context() * model.layers().getFirst().inWidth() * Float.BYTES;
    private String name = "";
    private long rows;

    Rows(Asking asking) {
      this.asking = asking;
    }

    @Override
    public ModelSpec model() {
      return model;
    }

    @Override
    public Rows number(double number) {
      row.putFloat((float) number);
      return this;
    }

    @Override
    public Rows id(int id) {
      row.putInt(id);
      return this;
    }

    @Override
    public boolean takesUnlabelled() {
      return true;
    }

    @Override
    public void named(String next) {
      name = next;
    }

    @Override
    public void end() throws Mistake, IOException {
      row.flip();
      rows++;
      Bytes inputs = Bytes.copyOf(row.slice(0, inputBytes));
      String called = name.isEmpty() ? Long.toString(rows) : name;
      asking.question(
          classes().isEmpty()
              ? new Question(called, inputs, 0, number(row.getFloat(inputBytes)))
              : labelled(called, inputs));
      row.clear();
      name = "";
    }

    private Question labelled(String called, Bytes inputs) {
      int position = 0;
      while (label(position) == Layer.Head.UNLABELLED) {
        position++;
      }
      int label = label(position);
      return new Question(
          called,
          inputs,
          position,
          label == ASKED ? OptionalDouble.empty() : OptionalDouble.of(label));
    }

    private int label(int position) {
      return row.getInt(inputBytes + position * Integer.BYTES);
    }

    private static OptionalDouble number(float label) {
      return Float.isNaN(label) ? OptionalDouble.empty() : OptionalDouble.of(label);
    }
  }
}
