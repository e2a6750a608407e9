package io.distillstream.teacher.http;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.distillstream.http.RefusedRequestException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a body is not valid JSON, and why. Said in our own words: the parser's speak of its classes
 * and quote what was sent.
 *
 * @param line counted from 1
 * @param column counted from 1
 */
record JsonFault(int line, int column, String problem) {

  /** What the parser's messages begin with, and what is wrong then. */
  private static final Map<String, String> PROBLEMS =
      Map.of(
          "Duplicate field", "a field occurs twice",
          "Unrecognized token", "expected a value; strings stand in double quotes",
          "Unexpected character", "this character cannot stand here",
          "Unexpected close marker", "another bracket is open here",
          "Illegal unquoted character", "a control character in a string has to be escaped",
          "Unrecognized character escape", "there is no such escape in a string",
          "Invalid UTF-8", "this is not UTF-8",
          "Invalid numeric value", "this is not a number");

  static JsonFault of(JsonProcessingException thrown) {
    JsonLocation where = thrown.getLocation();
    return new JsonFault(
        where == null ? 1 : where.getLineNr(),
        where == null ? 1 : where.getColumnNr(),
        problem(thrown));
  }

  /** As an answer to whoever sent the body. */
  RefusedRequestException refused() {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("line", line);
    details.put("column", column);
    return RefusedRequestException.badRequest(
        "The body is not valid JSON: line %d, column %d: %s".formatted(line, column, problem),
        details);
  }

  private static String problem(JsonProcessingException thrown) {
    if (thrown instanceof JsonEOFException) {
      return "it ends too early";
    }
    if (thrown instanceof MismatchedInputException) {
      return "something follows the first value";
    }
    if (thrown instanceof StreamConstraintsException) {
      return "it is nested too deeply, or a name, a number or a string is too long";
    }
    String message = String.valueOf(thrown.getOriginalMessage());
    return PROBLEMS.entrySet().stream()
        .filter(problem -> message.startsWith(problem.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("it cannot be read here");
  }
}
