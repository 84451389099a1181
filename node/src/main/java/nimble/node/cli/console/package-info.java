/// What a command finds around it, and where its words go: the environment, somebody at a terminal,
/// output, tables, progress, exit codes (I1, I2 and I4 of [nimble.node.cli]).
@NullMarked
package nimble.node.cli.console;

import org.jspecify.annotations.NullMarked;
