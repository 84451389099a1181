package nimble.storage.mem;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.storage.SegmentDirectory;
import nimble.storage.StorageFailure;
import org.jspecify.annotations.Nullable;

/// Files in memory that forget like a disk. [#crash] keeps a random prefix of the name changes that
/// were not synced, and of every write that was not synced all, nothing, its beginning, or some of
/// its sectors. One thread.
public final class MemorySegmentDirectory implements SegmentDirectory {
  private static final int SECTOR_BYTES = 512;

  private record Write(int offset, Bytes data) {}

  private static final class File {
    private byte[] durable;
    private byte[] visible;
    private final List<Write> unsynced = new ArrayList<>();

    File(int bytes) {
      durable = new byte[bytes];
      visible = new byte[bytes];
    }

    void sync() {
      durable = visible.clone();
      unsynced.clear();
    }

    void crash(SplittableRandom random) {
      unsynced.forEach(write -> tear(write, random));
      unsynced.clear();
      visible = durable.clone();
    }

    private void tear(Write write, SplittableRandom random) {
      int size = write.data().size();
      switch (random.nextInt(4)) {
        case 0 -> durable = written(durable, write, 0, size);
        case 1 -> durable = written(durable, write, 0, random.nextInt(size + 1));
        case 2 -> {
          for (int from = 0; from < size; from += SECTOR_BYTES) {
            if (random.nextBoolean()) {
              durable = written(durable, write, from, Math.min(size, from + SECTOR_BYTES));
            }
          }
        }
        default -> {}
      }
    }
  }

  private static byte[] written(byte[] file, Write write, int from, int to) {
    int end = write.offset() + to;
    byte[] target = end > file.length ? Arrays.copyOf(file, end) : file;
    write.data().asBuffer().get(from, target, write.offset() + from, to - from);
    return target;
  }

  private interface NameChange {
    void apply(Map<String, File> names);
  }

  private final TreeMap<String, File> durable = new TreeMap<>();
  private final List<NameChange> unsynced = new ArrayList<>();
  private TreeMap<String, File> visible = new TreeMap<>();
  private int changesUntilCut = Integer.MAX_VALUE;
  private boolean down;

  /// The power goes during the `changes`-th change from now: it fails, and so does all else until
  /// [#crash].
  public void cutPowerAfter(int changes) {
    Invariant.check(changes > 0, "%d changes", changes);
    changesUntilCut = changes;
  }

  /// Power back: what was not synced is lost in part or whole.
  public void crash(SplittableRandom random) {
    unsynced.subList(0, random.nextInt(unsynced.size() + 1)).forEach(each -> each.apply(durable));
    unsynced.clear();
    durable.values().forEach(file -> file.crash(random));
    visible = new TreeMap<>(durable);
    restart();
  }

  /// The process died and the power stayed: nothing is lost, and nothing more is durable.
  public void restart() {
    changesUntilCut = Integer.MAX_VALUE;
    down = false;
  }

  @Override
  public List<String> names() {
    checkUp();
    return List.copyOf(visible.keySet());
  }

  @Override
  public void create(String name, int bytes) {
    checkUp();
    Invariant.check(!visible.containsKey(name), "%s exists", name);
    File file = new File(bytes);
    change(names -> names.put(name, file));
    cutPowerMaybe();
  }

  @Override
  public Bytes read(String name) {
    checkUp();
    return Bytes.copyOf(file(name).visible);
  }

  @Override
  public void write(String name, int offset, Bytes data) {
    checkUp();
    Write write = new Write(offset, data);
    File file = file(name);
    file.visible = written(file.visible, write, 0, data.size());
    file.unsynced.add(write);
    cutPowerMaybe();
  }

  @Override
  public void sync(String name) {
    checkUp();
    cutPowerMaybe();
    file(name).sync();
  }

  @Override
  public void rename(String from, String to) {
    checkUp();
    File file = file(from);
    Invariant.check(!visible.containsKey(to), "%s exists", to);
    change(names -> {
      names.remove(from);
      names.put(to, file);
    });
    cutPowerMaybe();
  }

  @Override
  public void delete(String name) {
    checkUp();
    change(names -> names.remove(name));
    cutPowerMaybe();
  }

  @Override
  public void syncNames() {
    checkUp();
    cutPowerMaybe();
    unsynced.forEach(each -> each.apply(durable));
    unsynced.clear();
  }

  private void change(NameChange change) {
    change.apply(visible);
    unsynced.add(change);
  }

  private File file(String name) {
    @Nullable File file = visible.get(name);
    if (file == null) {
      throw new StorageFailure("no file " + name);
    }
    return file;
  }

  private void cutPowerMaybe() {
    if (--changesUntilCut == 0) {
      down = true;
      checkUp();
    }
  }

  private void checkUp() {
    if (down) {
      throw new StorageFailure("the power is out");
    }
  }

  /// The twin outlives its user: nothing to release.
  @Override
  public void close() {}
}
