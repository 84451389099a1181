package nimble.node.files;

import java.util.OptionalDouble;
import nimble.codec.Bytes;

/// A row whose label a model shall tell.
///
/// @param name of an image's file; else the row's number, from 1 on
/// @param inputs as a model takes them
/// @param position at which its answer counts
/// @param label where the data has one: the number of a class, or the number itself
public record Question(String name, Bytes inputs, int position, OptionalDouble label) {}
