@NullMarked
package nimble.node.net;

import org.jspecify.annotations.NullMarked;
