package io.distillstream.teacher.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.distillstream.http.RefusedRequestException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A JSON object sent to us, read strictly: what is not expected is refused by name. */
final class JsonBody {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final ObjectNode object;

  private JsonBody(ObjectNode object) {
    this.object = object;
  }

  /**
   * Reads a body, whose size the server has bounded.
   *
   * @param accepted the names of all fields it may have
   */
  static JsonBody read(InputStream in, List<String> accepted)
      throws IOException, RefusedRequestException {
    JsonNode root = parse(in);
    if (!(root instanceof ObjectNode object)) {
      throw RefusedRequestException.badRequest(
          "Expected a JSON object, found " + kind(root), Map.of("accepted", accepted));
    }
    for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!accepted.contains(name)) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("field", name);
        details.put("accepted", accepted);
        throw RefusedRequestException.badRequest("Unknown field '" + name + "'", details);
      }
    }
    return new JsonBody(object);
  }

  boolean has(String field) {
    return object.hasNonNull(field);
  }

  /** The string in a field; empty if the field is absent or null. */
  Optional<String> string(String field) throws RefusedRequestException {
    if (!has(field)) {
      return Optional.empty();
    }
    JsonNode node = object.get(field);
    if (!node.isTextual()) {
      throw wrongType(field, "a string", node);
    }
    return Optional.of(node.textValue());
  }

  /** The boolean in a field; empty if the field is absent or null. */
  Optional<Boolean> flag(String field) throws RefusedRequestException {
    if (!has(field)) {
      return Optional.empty();
    }
    JsonNode node = object.get(field);
    if (!node.isBoolean()) {
      throw wrongType(field, "a boolean", node);
    }
    return Optional.of(node.booleanValue());
  }

  /** The strings in a field, with nulls as they are; empty if the field is absent or null. */
  Optional<List<@Nullable String>> strings(String field) throws RefusedRequestException {
    if (!has(field)) {
      return Optional.empty();
    }
    JsonNode node = object.get(field);
    if (!node.isArray()) {
      throw wrongType(field, "an array of strings", node);
    }
    List<@Nullable String> strings = new ArrayList<>(node.size());
    for (int i = 0; i < node.size(); i++) {
      JsonNode item = node.get(i);
      if (!item.isTextual() && !item.isNull()) {
        throw wrongType(field + "[" + i + "]", "a string", item);
      }
      strings.add(item.textValue());
    }
    return Optional.of(strings);
  }

  private static @Nullable JsonNode parse(InputStream in)
      throws IOException, RefusedRequestException {
    try {
      return JSON.readTree(in);
    } catch (JsonProcessingException e) {
      throw JsonFault.of(e).refused();
    }
  }

  private static RefusedRequestException wrongType(String field, String expected, JsonNode found) {
    return RefusedRequestException.badRequest(
        "Expected %s in '%s', found %s".formatted(expected, field, kind(found)),
        Map.of("field", field));
  }

  private static String kind(@Nullable JsonNode node) {
    if (node == null || node.isMissingNode()) {
      return "nothing";
    }
    return switch (node.getNodeType()) {
      case ARRAY -> "an array";
      case BOOLEAN -> "a boolean";
      case NULL -> "null";
      case NUMBER -> "a number";
      case OBJECT, POJO -> "an object";
      case STRING, BINARY -> "a string";
      case MISSING -> "nothing";
    };
  }
}
