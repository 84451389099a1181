/// The dispute game: what a miner and its accuser do not agree about, brought down to one number
/// that every validator judges by itself. Pure: a [Dispute] and a [Move] give the next one, an end,
/// or a stated refusal ([Game]).
///
/// - G1: the step has exact parts that nobody has to believe: what each micro-batch is given (the
///   weights at that step, input, output gradient or labels) and what the miner committed to
///   (output, input gradient, the step's gradient after the codec). The miner states the roots of
///   these and of its trace of each micro-batch ([Statement]).
/// - G2: an accuser that has other exact parts contradicts. Then every validator says what it
///   finds: exact arithmetic needs no class. Who is borne out by more than two thirds of all stake
///   wins; when nobody is, it is undecided.
/// - G3: where the accuser's trace is the miner's, what was committed must follow from it: it shows
///   an output whose root is another ([Move.DenyOutput]), or a block of the gradient that the codec
///   does not make of the sum of the micro-batches' ([Move.DenyGradient]). Either ends the game.
/// - G4: otherwise it names a micro-batch and lists its roots there; the miner lists its own. What
///   both were given must be in both lists, what the miner committed to in the miner's.
/// - G5: the first tensor that differs is searched, [nimble.vm.trace.TensorTree#FAN] at a time, for
///   the first block that does; each side's block must be of its tree, and of the right size.
///   Instead of going down there, the accuser may name a number of any tensor that differs: then
///   only the miner's is judged, by the miner's own operands. That is for accusers of another
///   class, whose every tensor differs.
/// - G6: who moves last opens the operands of the first number that differs; of tensors before it
///   both have the same. Outside the bound of [nimble.vm.reference.Referee] loses, both inside is
///   undecided.
/// - G7: moves: statement; the accuser's; the miner's list; the way down or a name; the miner's
///   blocks; the operands: six at most, [Dispute#BYTES_MAX] in all. Before the way down the chain
///   adds up what is left to say. If it does not fit, the game ends for want of room, and nobody
///   loses by it; programs of more than [Board#TENSORS_MAX] tensors are not played about at all.
/// - G8: a move of the wrong side, of another kind than the one that is awaited, or whose proof or
///   shape does not hold, is refused and changes nothing. Who does not move in time loses.
@NullMarked
package nimble.training.dispute;

import org.jspecify.annotations.NullMarked;
