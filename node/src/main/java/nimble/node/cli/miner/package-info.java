/// `nbcli miner`: hardware that trains for NIM, and serves.
@NullMarked
package nimble.node.cli.miner;

import org.jspecify.annotations.NullMarked;
