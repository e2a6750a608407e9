package io.distillstream.embedded.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Request and answer bodies of Confluent's registry. */
final class RegistryJson {

  static final ObjectMapper JSON = new ObjectMapper();

  private RegistryJson() {}

  /**
   * Reads a body.
   *
   * @throws RegistryException if it is no JSON object
   */
  static JsonNode object(String body) {
    JsonNode node;
    try {
      node = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw RegistryException.malformed("Malformed JSON: " + e.getOriginalMessage());
    }
    if (!node.isObject()) {
      throw RegistryException.malformed("The body must be a JSON object");
    }
    return node;
  }

  /**
   * Reads a registration or lookup: {@code schema}, {@code references}, {@code schemaType}.
   *
   * @throws RegistryException if the body is no such object, or asks for what isn't offered here
   */
  static SchemaText schema(String body) {
    JsonNode node = object(body);
    String type = node.path("schemaType").asText("AVRO");
    if (!type.equals("AVRO")) {
      throw RegistryException.invalidSchema(
          "Schemas of type " + type + " are not supported here: only AVRO is", null);
    }
    for (String feature : List.of("metadata", "ruleSet")) {
      if (node.hasNonNull(feature)) {
        throw RegistryException.unprocessable("'" + feature + "' is not supported here");
      }
    }
    if (!node.path("schema").isTextual() || node.path("schema").asText().isBlank()) {
      throw RegistryException.invalidSchema("Empty schema", null);
    }
    List<SchemaReference> references = new ArrayList<>();
    for (JsonNode reference : node.path("references")) {
      references.add(reference(reference));
    }
    return new SchemaText(node.path("schema").asText(), references);
  }

  private static SchemaReference reference(JsonNode node) {
    if (!node.path("name").isTextual()
        || !node.path("subject").isTextual()
        || !node.path("version").canConvertToInt()) {
      throw RegistryException.unprocessable(
          "A reference needs 'name', 'subject' and 'version', was " + node);
    }
    return new SchemaReference(
        node.path("name").asText(), node.path("subject").asText(), node.path("version").asInt());
  }

  static ObjectNode version(SchemaVersion version) {
    ObjectNode node =
        JSON.createObjectNode()
            .put("subject", version.subject())
            .put("version", version.version())
            .put("id", version.id());
    return putText(node, version.text());
  }

  static ObjectNode text(SchemaText text) {
    return putText(JSON.createObjectNode(), text);
  }

  private static ObjectNode putText(ObjectNode node, SchemaText text) {
    if (!text.references().isEmpty()) {
      node.set("references", JSON.valueToTree(text.references()));
    }
    return node.put("schema", text.schema());
  }

  static ObjectNode error(int code, String message) {
    return JSON.createObjectNode().put("error_code", code).put("message", message);
  }
}
