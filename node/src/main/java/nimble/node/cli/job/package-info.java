/// `nbcli job`: training jobs, from their files to their receipts.
@NullMarked
package nimble.node.cli.job;

import org.jspecify.annotations.NullMarked;
