/// `nbcli stake`, `validator` and `reward`: NIM that votes or secures work, who orders blocks, and
/// what an account earned.
@NullMarked
package nimble.node.cli.stake;

import org.jspecify.annotations.NullMarked;
