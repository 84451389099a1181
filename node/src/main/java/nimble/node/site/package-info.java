/// Nodes on a real machine: threads, sockets, RocksDB and the tensor library.
@NullMarked
package nimble.node.site;

import org.jspecify.annotations.NullMarked;
