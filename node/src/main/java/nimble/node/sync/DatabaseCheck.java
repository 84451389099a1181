package nimble.node.sync;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import nimble.chain.Block;
import nimble.chain.Header;
import nimble.chain.Receipt;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.consensus.Certificate;
import nimble.crypto.Merkle;
import nimble.node.chain.FinalizedChain;
import nimble.storage.Contents;
import nimble.storage.StateCut;
import nimble.storage.StorageFailure;
import nimble.storage.TreeRoot;
import nimble.storage.TreeStore;
import nimble.storage.TreeWalk;
import nimble.storage.file.FileSnapshot;
import nimble.types.Hash;

/// Reads all of a chain and compares what can be compared: headers with their parents, bodies and
/// receipts with headers, the index with blocks, the flat state and the tree with the newest
/// header.
public final class DatabaseCheck {
  private static final int PROBLEMS_MAX = 20;

  /// What was looked at, and what is wrong, at most [#PROBLEMS_MAX] of it.
  public record Report(long headers, long bodies, long entries, List<String> problems) {
    public Report {
      problems = List.copyOf(problems);
    }
  }

  private final Contents contents;
  private final FinalizedChain chain;
  private final Path scratch;
  private final List<String> problems = new ArrayList<>();
  private long headers;
  private long bodies;
  private long entries;

  private DatabaseCheck(Contents contents, Path scratch) {
    this.contents = contents;
    this.chain = new FinalizedChain(contents);
    this.scratch = scratch;
  }

  /// @param scratch a directory that is not there, for sorting the state
  /// @param progress told heights
  public static Report run(Contents contents, Path scratch, LongConsumer progress) {
    DatabaseCheck check = new DatabaseCheck(contents, scratch);
    check.guarded("the chain", () -> check.blocks(progress));
    check.guarded("the state", check::flatState);
    check.guarded("the state tree", check::tree);
    return new Report(check.headers, check.bodies, check.entries, check.problems);
  }

  private void problem(String words) {
    if (problems.size() < PROBLEMS_MAX) {
      problems.add(words);
    }
  }

  private void guarded(String what, Runnable action) {
    try {
      action.run();
    } catch (StorageFailure e) {
      problem("%s: %s".formatted(what, e.getMessage()));
    }
  }

  /// Headers may begin anew once, where the chain came from a snapshot; from there on all are
  /// there, and bodies from the oldest one that is kept.
  private void blocks(LongConsumer progress) {
    long tip = chain.height();
    Optional<Header> before = Optional.empty();
    boolean body = false;
    for (long height = 0; height <= tip; height++) {
      long at = height;
      Optional<Header> header = Optional.empty();
      try {
        header = chain.header(at);
      } catch (StorageFailure e) {
        problem("block %d: %s".formatted(at, e.getMessage()));
      }
      if (header.isPresent()) {
        headers++;
        link(header.get(), before);
        body |= chain.block(at).isPresent() && at > 0;
        boolean must = body;
        guarded("block " + at, () -> body(at, must));
      } else if (before.isPresent() && body) {
        problem("block %d: its header is missing".formatted(at));
      }
      before = header;
      progress.accept(at);
    }
    if (before.isEmpty()) {
      problem("block %d, the newest: its header is missing".formatted(tip));
    }
    chain
        .tipCertificate()
        .filter(it -> !names(it, chain.tip()))
        .ifPresent(_ -> problem("block %d: its certificate names another".formatted(tip)));
  }

  private static boolean names(Certificate certificate, Header header) {
    return certificate
        .vote()
        .choice()
        .filter(it -> it.digest().equals(header.digest()))
        .isPresent();
  }

  private void link(Header header, Optional<Header> before) {
    if (before.filter(it -> !it.digest().equals(header.parent())).isPresent()) {
      problem("block %s: its parent is not the block before".formatted(header.height()));
    }
    if (!chain.heightOf(header.digest()).equals(OptionalLong.of(header.height().value()))) {
      problem("block %s: the index does not lead to it".formatted(header.height()));
    }
  }

  private void body(long height, boolean must) {
    Optional<Block> found = chain.block(height);
    if (found.isEmpty()) {
      if (must) {
        problem("block %d: its body is missing".formatted(height));
      }
      return;
    }
    bodies++;
    Block block = found.get();
    if (!block.isWhole()) {
      problem("block %d: its body is not the one that its header names".formatted(height));
    }
    List<Bytes> receipts = chain.receipts(height).stream().map(Receipt::encode).toList();
    if (!Merkle.root(receipts).equals(block.header().receiptsRoot())) {
      problem("block %d: its receipts are not those that its header names".formatted(height));
    }
    int index = block.body().workCalls().size();
    for (Transaction transaction : block.body().transactions()) {
      FinalizedChain.Place place = new FinalizedChain.Place(height, index++);
      if (!chain.transaction(transaction.id()).equals(Optional.of(place))) {
        problem("transaction %s: the index does not lead to it".formatted(transaction.id()));
      }
    }
  }

  private void flatState() {
    FileSnapshot.Draft draft = FileSnapshot.begin(scratch);
    try {
      StateParts parts = new StateParts(contents, draft, () -> false);
      StateCut cut = parts.cut((_, _) -> {});
      entries = parts.entries();
      Hash expected = chain.tip().stateRoot();
      if (!cut.root().equals(expected)) {
        problem("state: its root is %s, the newest header's %s".formatted(cut.root(), expected));
      }
    } finally {
      draft.discard();
    }
  }

  private void tree() {
    TreeStore tree = new TreeStore(contents);
    Optional<TreeRoot> root = tree.root(chain.height());
    if (root.isEmpty() || !root.get().hash().equals(chain.tip().stateRoot())) {
      problem("state tree: it has another root than the newest header");
      return;
    }
    long leaves = TreeWalk.check(tree, root.get(), this::problem);
    if (problems.isEmpty() && leaves != entries) {
      problem("state tree: it has %d leaves, the state %d entries".formatted(leaves, entries));
    }
  }
}
