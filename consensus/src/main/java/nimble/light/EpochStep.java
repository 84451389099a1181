package nimble.light;

import nimble.chain.Header;
import nimble.chain.ValidatorSet;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.consensus.Certificate;

/// From one epoch to the next (Y5).
///
/// @param boundary the header that ends the epoch
/// @param certificate the finalization of this very header by the epoch's own set
/// @param next the set that the header names
public record EpochStep(Header boundary, Certificate certificate, ValidatorSet next) {
  public void write(Writer writer) {
    boundary.write(writer);
    certificate.write(writer);
    next.write(writer);
  }

  public static EpochStep read(Reader reader) throws Malformed {
    return new EpochStep(Header.read(reader), Certificate.read(reader), ValidatorSet.read(reader));
  }
}
