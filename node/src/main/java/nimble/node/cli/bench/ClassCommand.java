package nimble.node.cli.bench;

import picocli.CommandLine.Command;

@Command(
    name = "class",
    description = "Numeric classes: which one this machine has, and how far they are apart.",
    subcommands = {ClassShow.class, ClassCalibrate.class, ClassTrial.class})
public final class ClassCommand {}
