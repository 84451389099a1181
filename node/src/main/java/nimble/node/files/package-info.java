/// Files that people read and write: the genesis and keystores as JSON, `nimble.yaml` and
/// `job.yaml`. The canonical bytes behind them are the other modules' matter.
///
/// - F1: whatever is wrong with a file is said as `FILE:LINE: what must be, and what was`, with the
///   nearest known key where a key is unknown.
/// - F2: a file is written whole or not at all: beside its place first, synced, then renamed.
/// - F3: what holds a secret is readable by its owner only, from the moment it exists.
/// - F4: every file has a size limit, checked before it is read.
/// - F5: data that is not text becomes examples ([nimble.vm.data.ExampleData]) as the job file says
///   and nothing else: how a table's columns are scaled, which categories and classes there are, in
///   which order. So the file says what a trained model's inputs mean, and reading the same data
///   again gives the same bytes. Rows are put into an order that depends on their number alone, so
///   that a split of sorted data is fair.
/// - F6: a folder appears when it is whole ([NewFolder]); what took long to fetch stays beside it
///   until then, by the names of its contents.
/// - F7: text that a tokenizer reads, and conversations, become examples before they are sent:
///   miners need no tokenizer, and nobody runs what came with a model.
@NullMarked
package nimble.node.files;

import org.jspecify.annotations.NullMarked;
