package nimble.node.cli.console;

/// How a command ended, for whoever runs it from a script (I1).
public final class ExitCode {
  public static final int DONE = 0;
  public static final int USER_MISTAKE = 1;
  public static final int NODE_FAILED = 2;
  public static final int REJECTED = 3;

  /// Starting again does not help before somebody has looked at the disk.
  public static final int DISK_FAILED = 4;

  private ExitCode() {}
}
