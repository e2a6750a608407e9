package io.distillstream.gateway.hawkbit;

import io.distillstream.foundation.json.InvalidJsonException;
import io.distillstream.foundation.json.Json;
import io.distillstream.foundation.json.JsonFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a client says about an action: how far it is, and with what result.
 *
 * @param action that it says it is about; empty where it does not say
 * @param verdict what that comes to
 * @param details in the client's words, one after the other
 */
record Feedback(String action, Verdict verdict, String details) {

  /** What a feedback comes to. */
  enum Verdict {
    /** The action goes on. */
    UNDER_WAY,
    /** It has ended well. */
    SUCCESS,
    /** It has ended, and not well. */
    FAILURE,
    /** The client has given it up. */
    CANCELED,
    /** The client cannot do what is asked of it at this moment. */
    REJECTED
  }

  /** How far an action is, in the API's words. */
  private enum Execution {
    CLOSED,
    PROCEEDING,
    CANCELED,
    SCHEDULED,
    REJECTED,
    RESUMED,
    DOWNLOAD,
    DOWNLOADED
  }

  private enum Finished {
    SUCCESS,
    FAILURE,
    NONE
  }

  private static final int LONGEST_QUOTE = 40;

  /**
   * Reads one.
   *
   * @throws InvalidJsonException if it is none, naming the field at fault
   */
  static Feedback read(byte[] json) {
    JsonFields root = Json.object(json);
    JsonFields status = root.object("status");
    Execution execution = word(status, "execution", Execution.values());
    JsonFields result = status.object("result");
    Finished finished = word(result, "finished", Finished.values());
    Verdict verdict =
        switch (execution) {
          case CLOSED -> closed(result, finished);
          case CANCELED -> Verdict.CANCELED;
          case REJECTED -> Verdict.REJECTED;
          case PROCEEDING, SCHEDULED, RESUMED, DOWNLOAD, DOWNLOADED -> Verdict.UNDER_WAY;
        };
    List<String> details = status.has("details") ? status.texts("details") : List.of();
    return new Feedback(root.scalar("id"), verdict, String.join("; ", details).strip());
  }

  private static Verdict closed(JsonFields result, Finished finished) {
    return switch (finished) {
      case SUCCESS -> Verdict.SUCCESS;
      case FAILURE -> Verdict.FAILURE;
      case NONE ->
          throw new InvalidJsonException(
              result.place("finished"),
              "'%s' must be success or failure where execution is closed, is none"
                  .formatted(result.place("finished")));
    };
  }

  private static <E extends Enum<E>> E word(JsonFields fields, String name, E[] words) {
    String text = fields.text(name);
    List<String> expected = new ArrayList<>();
    for (E word : words) {
      String known = word.name().toLowerCase(Locale.ROOT);
      if (known.equals(text)) {
        return word;
      }
      expected.add(known);
    }
    String quote = text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…";
    throw new InvalidJsonException(
        fields.place(name),
        "'%s' must be one of %s, is '%s'"
            .formatted(fields.place(name), String.join(", ", expected), quote));
  }
}
