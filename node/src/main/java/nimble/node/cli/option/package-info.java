/// Options and parameters that commands of several groups share, and how they are read. Options of
/// one group stand beside its commands.
@NullMarked
package nimble.node.cli.option;

import org.jspecify.annotations.NullMarked;
