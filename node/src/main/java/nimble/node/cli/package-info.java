/// The commands `nimble` (operators) and `nbcli` (miners and developers): here they begin. Each
/// package below holds one subject's commands; `console`, `option` and `sending` hold what these
/// share.
///
/// - I1: exit codes: 0 done, 1 the user's mistake, 2 the node or the network failed, 3 rejected by
///   the chain.
/// - I2: results go to standard output, everything else to standard error; with `--json` the output
///   is one complete document, or one per line for streams.
/// - I3: an error says what was wrong, with which value, and what to do, and leaves nothing half
///   written.
/// - I4: without a terminal nothing is asked; what would be asked is then an error.
/// - I5: what others wrote, nodes included, is shown without the characters that a terminal obeys.
@NullMarked
package nimble.node.cli;

import org.jspecify.annotations.NullMarked;
