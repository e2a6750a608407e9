package io.distillstream.embedded.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.HashSet;
import java.util.Set;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/** Parses schemas whose types may be registered under other subjects. */
final class AvroSchemas {

  private final RegistryState state;

  AvroSchemas(RegistryState state) {
    this.state = state;
  }

  /**
   * A schema in both its forms.
   *
   * @param schema the schema itself, references resolved
   * @param text the same in canonical writing, without white space and without the references'
   *     definitions
   */
  record Parsed(Schema schema, SchemaText text) {}

  /**
   * Parses the schema and what it refers to.
   *
   * @throws RegistryException if it is no Avro schema, or a reference leads nowhere
   */
  Parsed parse(SchemaText text) {
    Schema.Parser parser = new Schema.Parser();
    try {
      addReferences(text, parser, new HashSet<>());
      Schema schema = parser.parse(text.schema());
      return new Parsed(schema, new SchemaText(canonical(schema, text), text.references()));
    } catch (AvroRuntimeException | NullPointerException e) {
      // Avro 1.12 answers an unknown type's name with a NullPointerException.
      throw RegistryException.invalidSchema("Invalid schema: " + e.getMessage(), e);
    }
  }

  private void addReferences(SchemaText text, Schema.Parser parser, Set<SchemaText> seen) {
    for (SchemaReference reference : text.references()) {
      SchemaText target =
          state
              .version(reference.subject(), reference.version())
              .orElseThrow(
                  () ->
                      RegistryException.invalidSchema(
                          "No schema reference found for subject '"
                              + reference.subject()
                              + "' and version "
                              + reference.version(),
                          null))
              .text();
      if (seen.add(target)) {
        addReferences(target, parser, seen);
        parser.parse(target.schema());
      }
    }
  }

  /**
   * Avro would write a referenced type's definition into the schema, so where there are references
   * only the white space goes.
   */
  private static String canonical(Schema schema, SchemaText text) {
    if (text.references().isEmpty()) {
      return schema.toString();
    }
    try {
      return RegistryJson.JSON.readTree(text.schema()).toString();
    } catch (JsonProcessingException e) {
      throw RegistryException.invalidSchema("Invalid schema: " + e.getOriginalMessage(), e);
    }
  }
}
