package nimble.node.cli.option;

import nimble.codec.Malformed;
import nimble.light.Checkpoint;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads `HEIGHT:HASH` from a command line, before anything else is done.
public final class CheckpointForm implements ITypeConverter<Checkpoint> {
  @Override
  public Checkpoint convert(String text) {
    try {
      return Checkpoint.parse(text);
    } catch (Malformed e) {
      throw new TypeConversionException(e.reason());
    }
  }
}
