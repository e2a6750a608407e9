package io.distillstream.embedded.registry;

import java.util.List;

/** A schema as it is written down: equal texts with equal references are the same schema. */
record SchemaText(String schema, List<SchemaReference> references) {

  SchemaText {
    references = List.copyOf(references);
  }
}
