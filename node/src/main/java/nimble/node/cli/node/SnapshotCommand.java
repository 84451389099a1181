package nimble.node.cli.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.light.Checkpoint;
import nimble.node.chain.FinalizedChain;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.option.CheckpointForm;
import nimble.node.files.GenesisFile;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.node.site.NodeDirectory;
import nimble.node.sync.EpochFiles;
import nimble.node.sync.Snapshot;
import nimble.node.sync.SnapshotExport;
import nimble.node.sync.SnapshotImport;
import nimble.node.sync.SnapshotTrust;
import nimble.node.sync.WayStore;
import nimble.storage.StatePart;
import nimble.storage.file.FileSnapshot;
import nimble.storage.mem.MemoryDatabase;
import nimble.types.Hash;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "snapshot",
    description = "States as files: backups, and what joining nodes fetch.",
    subcommands = {
      SnapshotCommand.Create.class,
      SnapshotCommand.Verify.class,
      SnapshotCommand.Restore.class
    })
public final class SnapshotCommand {
  private SnapshotCommand() {}

  @Command(
      name = "create",
      description = "Writes the newest state of a node that does not run as a snapshot.")
  static final class Create implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final HomeOptions home = new HomeOptions();

    @Option(
        names = "--out",
        paramLabel = "DIR",
        description = "Where; else snapshots/HEIGHT in the data directory.")
    private Optional<Path> out = Optional.empty();

    @Override
    public Integer call() throws Exception {
      try (OfflineDatabase open = OfflineDatabase.open(home.existing())) {
        FinalizedChain chain = open.chain();
        Path target =
            out.orElse(open.directory().snapshots().resolve(Long.toString(chain.height())));
        if (Files.exists(target)) {
          throw Mistake.of("%s is there already: choose another with --out", target);
        }
        SnapshotExport.Written written =
            SnapshotExport.write(open.database(), chain, target, () -> false)
                .orElseThrow(() ->
                    Mistake.of(
                        "block %d has no certificate of its own here: run the node until the next"
                            + " block is final",
                        chain.height()));
        output.document(
            json(target, written.snapshot()), "wrote " + line(target, written.snapshot()));
        return ExitCode.DONE;
      }
    }
  }

  @Command(name = "verify", description = "Checks every byte of a snapshot against genesis.")
  static final class Verify implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final HomeOptions home = new HomeOptions();

    @Parameters(paramLabel = "DIR", description = "The snapshot.")
    private Path directory = Path.of("");

    @Option(names = "--genesis", paramLabel = "FILE", description = "Else the data directory's.")
    private Optional<Path> genesis = Optional.empty();

    @Option(
        names = "--trust",
        paramLabel = "HEIGHT:HASH",
        converter = CheckpointForm.class,
        description = "A block that it must lead over.")
    private Optional<Checkpoint> trust = Optional.empty();

    @Override
    public Integer call() throws Exception {
      FileSnapshot files = files(directory);
      Path file = genesis.isPresent() ? genesis.get() : NodeDirectory.genesis(home.existing());
      SnapshotTrust trusted = new SnapshotTrust(GenesisFile.read(file), trust);
      Snapshot snapshot;
      try (MemoryDatabase nowhere = new MemoryDatabase()) {
        snapshot = proven(files, WayStore.open(nowhere, trusted));
      }
      for (var part : snapshot.cut().parts()) {
        if (part.isPresent()) {
          checkPart(files, snapshot, part.get().hash());
        }
      }
      output.document(json(directory, snapshot), "sound: " + line(directory, snapshot));
      return ExitCode.DONE;
    }

    private static void checkPart(FileSnapshot files, Snapshot snapshot, Hash hash) throws Mistake {
      Bytes part = part(files, hash);
      try {
        Hash found = StatePart.decode(part).grow(snapshot.cut().depth(), 0).part().hash();
        if (found.equals(hash)) {
          return;
        }
      } catch (Malformed e) {
        // Said below, once for both.
      }
      throw Mistake.of(
          "%s: part %s is damaged: make or fetch the snapshot again", files.directory(), hash);
    }
  }

  @Command(name = "restore", description = "Gives a node without a chain the state of a snapshot.")
  static final class Restore implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final HomeOptions home = new HomeOptions();

    @Parameters(paramLabel = "DIR", description = "The snapshot.")
    private Path directory = Path.of("");

    @Option(
        names = "--trust",
        paramLabel = "HEIGHT:HASH",
        converter = CheckpointForm.class,
        description = "A block that it must lead over.")
    private Optional<Checkpoint> trust = Optional.empty();

    @Override
    public Integer call() throws Exception {
      FileSnapshot files = files(directory);
      try (OfflineDatabase open = OfflineDatabase.open(home.existing())) {
        if (!new FinalizedChain(open.database()).isEmpty()) {
          throw Mistake.of(
              "%s holds a chain: `nimble db reset` drops it first", open.directory().database());
        }
        WayStore way = WayStore.open(open.database(), new SnapshotTrust(open.genesis(), trust));
        Snapshot snapshot = proven(files, way);
        restore(open, files, snapshot);
        output.document(json(directory, snapshot), "restored " + line(directory, snapshot));
        return ExitCode.DONE;
      }
    }

    private static void restore(OfflineDatabase open, FileSnapshot files, Snapshot snapshot)
        throws Mistake {
      SnapshotImport into = SnapshotImport.begin(open.database(), snapshot);
      for (Hash hash : into.missing()) {
        try {
          into.add(part(files, hash));
        } catch (Malformed e) {
          throw Mistake.of(
              "%s: part %s is damaged: make or fetch the snapshot again", files.directory(), hash);
        }
      }
      into.finish(open.genesis());
    }
  }

  private static FileSnapshot files(Path directory) throws Mistake {
    return FileSnapshot.open(directory)
        .orElseThrow(() ->
            Mistake.of(
                "%s is no snapshot, for it has no manifest: give the directory that `snapshot create`"
                    + " wrote",
                directory));
  }

  private static Bytes part(FileSnapshot files, Hash hash) throws Mistake {
    return files
        .part(hash)
        .orElseThrow(() -> Mistake.of("%s: part %s is missing", files.directory(), hash));
  }

  /// @param way begins anew, and leads to the snapshot then
  private static Snapshot proven(FileSnapshot files, WayStore way) throws Mistake {
    way.restart();
    try {
      Snapshot snapshot = Snapshot.decode(files.manifest());
      EpochFiles.read(files, snapshot.header().epoch(), way::follow);
      way.prove(snapshot, System.currentTimeMillis());
      return snapshot;
    } catch (Malformed e) {
      way.restart();
      throw Mistake.of("%s proves nothing: %s", files.directory(), e.reason());
    }
  }

  private static ObjectNode json(Path directory, Snapshot snapshot) {
    return Json.object()
        .put("directory", directory.toString())
        .put("height", snapshot.height())
        .put("block", snapshot.header().digest().toString())
        .put("stateRoot", snapshot.header().stateRoot().toString())
        .put("entries", snapshot.entries())
        .put("bytes", snapshot.bytes());
  }

  private static String line(Path directory, Snapshot snapshot) {
    return "%s: block %d (%s), %d entries, %d bytes"
        .formatted(
            directory,
            snapshot.height(),
            snapshot.header().digest(),
            snapshot.entries(),
            snapshot.bytes());
  }
}
