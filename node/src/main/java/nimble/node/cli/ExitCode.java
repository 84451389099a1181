package nimble.node.cli;

/// How a command ended, for whoever runs it from a script (I1).
final class ExitCode {
  static final int DONE = 0;
  static final int USER_MISTAKE = 1;
  static final int NODE_FAILED = 2;
  static final int REJECTED = 3;

  /// Starting again does not help before somebody has looked at the disk.
  static final int DISK_FAILED = 4;

  private ExitCode() {}
}
