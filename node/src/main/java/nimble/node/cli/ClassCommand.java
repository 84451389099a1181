package nimble.node.cli;

import picocli.CommandLine.Command;

@Command(
    name = "class",
    description = "Numeric classes: which one this machine has, and how far they are apart.",
    subcommands = {ClassShow.class, ClassCalibrate.class, ClassTrial.class})
final class ClassCommand {}
