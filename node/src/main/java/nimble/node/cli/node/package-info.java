/// One node, for its operator: `nimble node`, and what stands around it: `init`, `keys`, `config`,
/// `doctor`, `db`, `snapshot`, `consensus`.
@NullMarked
package nimble.node.cli.node;

import org.jspecify.annotations.NullMarked;
