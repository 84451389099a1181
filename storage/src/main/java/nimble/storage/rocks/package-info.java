/// The database on RocksDB: the only package that touches its library.
@NullMarked
package nimble.storage.rocks;

import org.jspecify.annotations.NullMarked;
