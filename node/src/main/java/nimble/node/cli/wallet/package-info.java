/// `nbcli wallet`: keys that own NIM, and what they own and sign.
@NullMarked
package nimble.node.cli.wallet;

import org.jspecify.annotations.NullMarked;
