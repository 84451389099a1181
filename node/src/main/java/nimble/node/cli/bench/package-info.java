/// Figures of this machine: `nimble bench`, how fast it is, and `nimble class`, how its numbers
/// differ from others'.
@NullMarked
package nimble.node.cli.bench;

import org.jspecify.annotations.NullMarked;
