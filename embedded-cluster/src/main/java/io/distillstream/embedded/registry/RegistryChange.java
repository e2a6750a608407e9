package io.distillstream.embedded.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One change of the registry's state as it is written to the topic, in the JSON of Confluent's
 * registry: the key says what it is about, so that compaction keeps the newest word on each thing,
 * and a null value takes the thing away.
 */
sealed interface RegistryChange {

  ObjectMapper JSON = new ObjectMapper();

  void applyTo(RegistryState state);

  ObjectNode key();

  /** Null for a tombstone. */
  @Nullable ObjectNode value();

  default byte[] keyBytes() {
    return bytes(key());
  }

  default byte @Nullable [] valueBytes() {
    ObjectNode value = value();
    return value == null ? null : bytes(value);
  }

  private static byte[] bytes(ObjectNode node) {
    try {
      return JSON.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree of plain values is always JSON", e);
    }
  }

  /** Does nothing: once it has been read back, everything before it has been, too. */
  record Barrier() implements RegistryChange {

    @Override
    public void applyTo(RegistryState state) {}

    @Override
    public ObjectNode key() {
      return keyOf("NOOP", 0);
    }

    @Override
    public @Nullable ObjectNode value() {
      return null;
    }
  }

  /** A version is registered, or softly deleted. */
  record Put(SchemaVersion version) implements RegistryChange {

    @Override
    public void applyTo(RegistryState state) {
      state.put(version);
    }

    @Override
    public ObjectNode key() {
      return versionKey(version.subject(), version.version());
    }

    @Override
    public ObjectNode value() {
      ObjectNode value =
          JSON.createObjectNode()
              .put("subject", version.subject())
              .put("version", version.version())
              .put("id", version.id());
      ArrayNode references = value.putArray("references");
      for (SchemaReference reference : version.text().references()) {
        references
            .addObject()
            .put("name", reference.name())
            .put("subject", reference.subject())
            .put("version", reference.version());
      }
      return value.put("schema", version.text().schema()).put("deleted", version.deleted());
    }
  }

  /** A version is deleted for good. */
  record Remove(String subject, int version) implements RegistryChange {

    @Override
    public void applyTo(RegistryState state) {
      state.remove(subject, version);
    }

    @Override
    public ObjectNode key() {
      return versionKey(subject, version);
    }

    @Override
    public @Nullable ObjectNode value() {
      return null;
    }
  }

  /**
   * Remembers how far ids have been given out when the schema that showed it is deleted for good: a
   * record that still carries its id must not be read with another schema. This key is ours;
   * Confluent's registry skips it.
   */
  record HighestId(int id) implements RegistryChange {

    @Override
    public void applyTo(RegistryState state) {
      state.raiseHighestId(id);
    }

    @Override
    public ObjectNode key() {
      return keyOf("HIGHEST_ID", 0);
    }

    @Override
    public ObjectNode value() {
      return JSON.createObjectNode().put("id", id);
    }
  }

  /** A compatibility level is set, for one subject or (null) for all, or taken away (null). */
  record Level(@Nullable String subject, @Nullable CompatibilityLevel level)
      implements RegistryChange {

    @Override
    public void applyTo(RegistryState state) {
      state.setLevel(subject, level);
    }

    @Override
    public ObjectNode key() {
      return keyOf("CONFIG", 0).put("subject", subject);
    }

    @Override
    public @Nullable ObjectNode value() {
      return level == null ? null : JSON.createObjectNode().put("compatibilityLevel", level.name());
    }
  }

  private static ObjectNode keyOf(String type, int magic) {
    return JSON.createObjectNode().put("keytype", type).put("magic", magic);
  }

  private static ObjectNode versionKey(String subject, int version) {
    return keyOf("SCHEMA", 1).put("subject", subject).put("version", version);
  }

  /**
   * Reads a change back.
   *
   * @throws IOException if it is none that this registry writes
   */
  static RegistryChange read(byte @Nullable [] keyBytes, byte @Nullable [] valueBytes)
      throws IOException {
    if (keyBytes == null) {
      throw new IOException("A change without a key");
    }
    JsonNode key = JSON.readTree(keyBytes);
    @Nullable JsonNode value = valueBytes == null ? null : JSON.readTree(valueBytes);
    String type = key.path("keytype").asText();
    return switch (type) {
      case "NOOP" -> new Barrier();
      case "SCHEMA" -> readVersion(key, value);
      case "CONFIG" -> readLevel(key, value);
      case "HIGHEST_ID" -> new HighestId(value == null ? 0 : value.path("id").asInt());
      default -> throw new IOException("Unknown kind of change: " + key);
    };
  }

  private static RegistryChange readVersion(JsonNode key, @Nullable JsonNode value)
      throws IOException {
    if (value == null) {
      return new Remove(requiredText(key, "subject"), requiredInt(key, "version"));
    }
    List<SchemaReference> references = new ArrayList<>();
    for (JsonNode reference : value.path("references")) {
      references.add(
          new SchemaReference(
              requiredText(reference, "name"),
              requiredText(reference, "subject"),
              requiredInt(reference, "version")));
    }
    return new Put(
        new SchemaVersion(
            requiredText(value, "subject"),
            requiredInt(value, "version"),
            requiredInt(value, "id"),
            new SchemaText(requiredText(value, "schema"), references),
            value.path("deleted").asBoolean()));
  }

  private static RegistryChange readLevel(JsonNode key, @Nullable JsonNode value)
      throws IOException {
    @Nullable String subject = key.path("subject").textValue();
    if (value == null) {
      return new Level(subject, null);
    }
    String name = requiredText(value, "compatibilityLevel");
    return new Level(
        subject,
        CompatibilityLevel.of(name).orElseThrow(() -> new IOException("Unknown level " + name)));
  }

  private static String requiredText(JsonNode node, String field) throws IOException {
    @Nullable String text = node.path(field).textValue();
    if (text == null) {
      throw new IOException("No text '" + field + "' in " + node);
    }
    return text;
  }

  private static int requiredInt(JsonNode node, String field) throws IOException {
    if (!node.path(field).isInt()) {
      throw new IOException("No number '" + field + "' in " + node);
    }
    return node.path(field).intValue();
  }
}
