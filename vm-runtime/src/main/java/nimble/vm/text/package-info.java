/// Text as token ids: tokenizers, conversations, and rows of ids to train on.
///
/// Rules:
/// - X1: a model without a tokenizer reads text as its bytes in UTF-8.
/// - X2: a conversation becomes ids by a template that is known by name; templates that come with
///   models are programs, and are never run. What people said cannot contain a template's own
///   tokens.
/// - X3: the loss counts an answer's tokens and the one that ends it, and nothing else. Where an
///   answer begins, tokens begin, as when the model gives it: they are those that it has behind
///   what was asked, not those of a text that begins with it.
/// - X4: conversations are packed into rows of the model's context, whole where they fit; what is
///   left of a row is filled with id 0, which no loss counts. One that is longer than a row loses
///   its end; a row without anything to count is left out.
/// - X5: what a model needs to read and write text is named by content ([TextForm]): its tokenizer,
///   its template, and the tokens that end an answer.
/// - X6: tokens that come one by one become the text that they are together: a character comes when
///   it is whole ([TextStream]), and nothing of a special token.
/// - X7: a text to train on becomes the ids that it has as a whole, block by block ([TextBlocks]):
///   a cut lies between two lines where one ends with a word and the next begins with one, since
///   all patterns that are known begin anew there; only a megabyte without such a place is cut at a
///   line's end.
@NullMarked
package nimble.vm.text;

import org.jspecify.annotations.NullMarked;
