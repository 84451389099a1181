package nimble.vm.djl;

import java.util.List;
import nimble.vm.Layer;

/// Attention between its projections, as statements.
final class AttentionText {
  private final LayerText body;
  private final Tables tables;
  private final LayerText.Form form;
  private int memories;

  AttentionText(LayerText body, Tables tables, LayerText.Form form) {
    this.body = body;
    this.tables = tables;
    this.form = form;
  }

  /// From queries, keys and values side by side to the heads' outputs side by side.
  String packed(String projected, Layer.CausalAttention attention) {
    List<String> parts = List.of(body.name(), body.name(), body.name());
    body.line(
        "%s, = torch.split(%s, %d, -1)", String.join(", ", parts), projected, attention.width());
    List<String> heads = parts.stream().map(part -> heads(part, attention)).toList();
    String mixed = mixed(heads.get(0), heads.get(1), heads.get(2), 1);
    return body.noted(joined(mixed, attention.width()), List.of(projected));
  }

  /// Heads before positions.
  private String heads(String part, Layer.CausalAttention attention) {
    return body.let("torch.transpose(%s, 1, 2)", split(part, attention.headWidth()));
  }

  /// Heads of one position in rows.
  String split(String projected, int headWidth) {
    return body.let("torch.unflatten(%s, -1, [-1, %d])", projected, headWidth);
  }

  /// By the place of each position.
  String turned(String heads, Layer.GroupedAttention attention) {
    if (attention.rotary().isEmpty()) {
      return heads;
    }
    int half = attention.headWidth() / 2;
    int number = tables.number(attention);
    String cosines = places(number);
    String sines = places(number + 1);
    String first = body.let("torch.narrow(%s, 3, 0, %d)", heads, half);
    String second = body.let("torch.narrow(%s, 3, %d, %d)", heads, half, half);
    String turned =
        body.let(
            "torch.cat([torch.sub(torch.mul(%s, %s), torch.mul(%s, %s)),"
                + " torch.add(torch.mul(%s, %s), torch.mul(%s, %s))], 3)",
            first, cosines, second, sines, second, cosines, first, sines);
    return body.noted(turned, List.of(heads));
  }

  private String places(int table) {
    return switch (form) {
      case WHOLE -> "c[%d]".formatted(table);
      case ROW -> body.let("torch.narrow(c[%d], 0, past, torch.size(x, 1))", table);
      case ROWS -> body.let("torch.unsqueeze(torch.index_select(c[%d], 0, places), 1)", table);
    };
  }

  /// Of queries, keys and values with heads in rows.
  String grouped(String queries, String keys, String values, Layer.GroupedAttention attention) {
    String mixed =
        mixed(
            body.let("torch.transpose(%s, 1, 2)", queries),
            body.let("torch.transpose(%s, 1, 2)", keys),
            body.let("torch.transpose(%s, 1, 2)", values),
            attention.heads() / attention.kvHeads());
    String heads = joined(mixed, attention.mixedWidth());
    return body.noted(heads, List.of(queries, keys, values));
  }

  private String joined(String mixed, int width) {
    return body.let(
        "torch.reshape(torch.transpose(%s, 1, 2), [torch.size(%s, 0), -1, %d])",
        mixed, mixed, width);
  }

  private String mixed(String queries, String keys, String values, int group) {
    return switch (form) {
      case WHOLE ->
          body.let(
              "torch.scaled_dot_product_attention(%s, %s, %s, None, 0., True)",
              queries, repeated(keys, group), repeated(values, group));
      case ROW -> remembering(queries, keys, values, group);
      case ROWS -> apart(queries, keys, values, group);
    };
  }

  /// `seen` masks what lies behind each of the new positions.
  private String remembering(String queries, String keys, String values, int group) {
    int memory = memories++;
    body.let("torch.copy_(torch.narrow(k[%d], 2, past, torch.size(x, 1)), %s)", memory, keys);
    body.let("torch.copy_(torch.narrow(v[%d], 2, past, torch.size(x, 1)), %s)", memory, values);
    String allKeys = body.let("torch.narrow(k[%d], 2, 0, total)", memory);
    String allValues = body.let("torch.narrow(v[%d], 2, 0, total)", memory);
    return body.let(
        "torch.scaled_dot_product_attention(%s, %s, %s, seen, 0., False)",
        queries, repeated(allKeys, group), repeated(allValues, group));
  }

  /// Each row attends to its own past, which is as long as it is.
  private String apart(String queries, String keys, String values, int group) {
    String rows = body.name();
    String shared = group == 1 ? "%s" : "torch.repeat_interleave(%s, " + group + ", 1)";
    body.line("%s = annotate(List[Tensor], [])", rows);
    body.line("for i in range(torch.size(x, 0)):");
    body.line("  end = torch.add(pasts[i], 1)");
    body.line("  m = torch.add(torch.mul(i, memories), %d)", memories++);
    body.line(
        "  _1 = torch.copy_(torch.narrow(k[m], 2, pasts[i], 1), torch.narrow(%s, 0, i, 1))", keys);
    body.line(
        "  _2 = torch.copy_(torch.narrow(v[m], 2, pasts[i], 1), torch.narrow(%s, 0, i, 1))",
        values);
    body.line("  q = torch.narrow(%s, 0, i, 1)", queries);
    body.line("  ks = %s", shared.formatted("torch.narrow(k[m], 2, 0, end)"));
    body.line("  vs = %s", shared.formatted("torch.narrow(v[m], 2, 0, end)"));
    body.line(
        "  _3 = torch.append(%s, torch.scaled_dot_product_attention(q, ks, vs, None, 0., False))",
        rows);
    return body.let("torch.cat(%s, 0)", rows);
  }

  /// Each head as often as queries share it.
  private String repeated(String heads, int group) {
    if (group == 1) {
      return heads;
    }
    String wide =
        body.let("torch.expand(torch.unsqueeze(%s, 2), [-1, -1, %d, -1, -1])", heads, group);
    return body.let("torch.flatten(%s, 1, 2)", wide);
  }
}
