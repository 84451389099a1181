/// Model folders of the Hugging Face library, in and out: other people's files, read within bounds.
///
/// Rules:
/// - H1: a file is read within a limit, JSON strictly (no key twice, nothing behind it, sixteen
///   levels); what is wrong is said with file, key and value.
/// - H2: a safetensors header is at most 16 MiB and names at most 65,536 tensors of F32, F16 or
///   BF16, or of BOOL or U8, which no weight has. They lie one after the other without overlap or
///   gap and fill the file exactly.
/// - H3: an index names files of its own folder, at most 1,024; each tensor is in the one that the
///   index says, and in no other.
/// - H4: no pickle is read, and nothing that came with a model is run: neither code nor the
///   template language of chats.
/// - H5: an architecture is known by its name, or refused. Every tensor that it has must be there
///   with its shape, and no other. Tied embeddings are copied into the head, unless the files hold
///   one of its own.
/// - H6: a folder is written with every tensor that the architecture has: what ours leaves out is
///   zeros. The head counts as tied while it equals the token embedding to the bit.
/// - H7: adapters are written by themselves, under the names that PEFT gives to the maps that they
///   are beside; they are exact, whatever the base is kept in.
/// - H8: a tokenizer's file reaches the library that reads it only when it is JSON by that
///   library's measure, of parts that are known, and holds what these rely on: on others it ends
///   the process, when it reads the file or when it reads or writes a text.
@NullMarked
package nimble.vm.hf;

import org.jspecify.annotations.NullMarked;
