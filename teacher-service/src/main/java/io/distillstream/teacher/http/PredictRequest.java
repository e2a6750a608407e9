package io.distillstream.teacher.http;

import io.distillstream.http.RefusedRequestException;
import io.distillstream.model.LabelSpace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/predict}, checked.
 *
 * @param single whether it was one {@code text} and is answered by one object
 * @param recorded whether requests and soft labels are published; no item has a true label if not
 */
record PredictRequest(List<Item> items, boolean single, boolean recorded) {

  static final List<String> FIELDS =
      List.of(
          "text", "texts", "request_id", "request_ids", "ground_truth", "ground_truths", "record");

  private static final int MAX_ID_LENGTH = 200;

  /** One text, with the id it was given or a new one, and its true label if that came along. */
  record Item(String requestId, String text, @Nullable String groundTruth) {}

  PredictRequest {
    items = List.copyOf(items);
  }

  static PredictRequest of(
      JsonBody body, TeacherApi.Limits limits, LabelSpace labels, Supplier<String> newId)
      throws RefusedRequestException {
    boolean single = body.has("text");
    if (single == body.has("texts")) {
      throw RefusedRequestException.badRequest(
          "Expected either 'text' or 'texts'", Map.of("accepted", FIELDS));
    }
    List<@Nullable String> texts = values(body, single, "text").orElseThrow();
    if (texts.isEmpty()) {
      throw RefusedRequestException.badRequest("'texts' is empty", Map.of("field", "texts"));
    }
    if (texts.size() > limits.texts()) {
      throw RefusedRequestException.tooLarge(
          "%d texts are over the limit of %d per request".formatted(texts.size(), limits.texts()));
    }
    List<@Nullable String> ids = companions(body, single, "request_id", texts.size());
    boolean recorded = body.flag("record").orElse(true);
    List<@Nullable String> truths = truths(body, single, recorded, texts.size());
    List<Item> items = new ArrayList<>(texts.size());
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < texts.size(); i++) {
      String suffix = single ? "" : "s[" + i + "]";
      String id = checkId(ids.get(i), "request_id" + suffix, newId);
      if (!seen.add(id)) {
        throw RefusedRequestException.badRequest(
            "Request id '" + id + "' occurs twice", Map.of("field", "request_ids"));
      }
      String truth = truths.get(i);
      if (truth != null) {
        requireLabel(truth, "ground_truth" + suffix, labels);
      }
      items.add(new Item(id, checkText(texts.get(i), "text" + suffix, limits), truth));
    }
    return new PredictRequest(items, single, recorded);
  }

  static void requireLabel(String label, String field, LabelSpace labels)
      throws RefusedRequestException {
    if (labels.indexOf(label) < 0) {
      throw RefusedRequestException.badRequest(
          "'%s' in '%s' is no label of this teacher".formatted(label, field),
          Map.of("field", field, "accepted", labels.labels()));
    }
  }

  static void requireId(String id, String field) throws RefusedRequestException {
    if (id.isBlank() || id.length() > MAX_ID_LENGTH) {
      throw RefusedRequestException.badRequest(
          "Expected 1 to " + MAX_ID_LENGTH + " characters in '" + field + "'",
          Map.of("field", field));
    }
  }

  private static Optional<List<@Nullable String>> values(
      JsonBody body, boolean single, String field) throws RefusedRequestException {
    if (!single) {
      return body.strings(field + "s");
    }
    Optional<String> value = body.string(field);
    return value.isPresent() ? Optional.of(List.of(value.get())) : Optional.empty();
  }

  /** The values that go with the texts, one each, or nulls if there are none. */
  private static List<@Nullable String> companions(
      JsonBody body, boolean single, String field, int count) throws RefusedRequestException {
    String wrong = single ? field + "s" : field;
    String right = single ? field : field + "s";
    if (body.has(wrong)) {
      throw RefusedRequestException.badRequest(
          "Expected '%s' with '%s', found '%s'".formatted(right, single ? "text" : "texts", wrong),
          Map.of("field", wrong));
    }
    Optional<List<@Nullable String>> given = values(body, single, field);
    if (given.isEmpty()) {
      return Collections.nCopies(count, null);
    }
    if (given.get().size() != count) {
      throw RefusedRequestException.badRequest(
          "Expected as many items in '%s' as texts, %d, found %d"
              .formatted(right, count, given.get().size()),
          Map.of("field", right));
    }
    return given.get();
  }

  private static List<@Nullable String> truths(
      JsonBody body, boolean single, boolean recorded, int count) throws RefusedRequestException {
    List<@Nullable String> truths = companions(body, single, "ground_truth", count);
    String field = single ? "ground_truth" : "ground_truths";
    if (!recorded && body.has(field)) {
      throw RefusedRequestException.badRequest(
          "'%s' with \"record\": false: nothing of this request is recorded, no true label either"
              .formatted(field),
          Map.of("field", field));
    }
    return truths;
  }

  private static String checkId(@Nullable String id, String field, Supplier<String> newId)
      throws RefusedRequestException {
    if (id == null) {
      return newId.get();
    }
    requireId(id, field);
    return id;
  }

  private static String checkText(@Nullable String text, String field, TeacherApi.Limits limits)
      throws RefusedRequestException {
    if (text == null || text.isBlank()) {
      throw RefusedRequestException.badRequest("'" + field + "' is empty", Map.of("field", field));
    }
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > limits.textBytes()) {
      throw RefusedRequestException.tooLarge(
          "'%s' has %d bytes, over the limit of %d".formatted(field, bytes, limits.textBytes()));
    }
    return text;
  }
}
