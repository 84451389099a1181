package nimble.node;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import nimble.chain.Header;

/// What nobody signed, for tests of those who must see it.
public final class Forged {
  private Forged() {}

  /// A millisecond later than it was.
  public static Header later(Header header) {
    return with(header, "timeMillis", header.timeMillis() + 1);
  }

  /// The same with another value of one field.
  public static Header with(Header header, String field, Object value) {
    RecordComponent[] fields = Header.class.getRecordComponents();
    try {
      Object[] values = new Object[fields.length];
      for (int i = 0; i < fields.length; i++) {
        values[i] =
            fields[i].getName().equals(field) ? value : fields[i].getAccessor().invoke(header);
      }
      Class<?>[] types =
          Arrays.stream(fields).map(RecordComponent::getType).toArray(Class<?>[]::new);
      return Header.class.getConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("a header that cannot be made", e);
    }
  }
}
