package io.distillstream.teacher.openai.call;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call without an answer that is of use. The message is a clause, and holds nothing of a text.
 */
public final class CallFailedException extends Exception {

  private static final long serialVersionUID = 1;

  /** What is to be done about it. */
  public enum Kind {
    /** The server is away or busy: the same call may succeed soon. */
    PASSING,
    /** The server failed on this call: it may succeed soon, or never with this text. */
    DOUBTFUL,
    /** The server refuses all calls until somebody mends the settings or the server. */
    REFUSED,
    /** The server refuses this text alone. */
    TEXT
  }

  private final Kind kind;
  private final @Nullable Duration retryAfter;
  private final String detail;
  private final transient @Nullable TokenUsage usage;

  CallFailedException(
      Kind kind,
      String message,
      @Nullable Duration retryAfter,
      String detail,
      @Nullable Throwable cause) {
    this(kind, message, retryAfter, detail, null, cause);
  }

  private CallFailedException(
      Kind kind,
      String message,
      @Nullable Duration retryAfter,
      String detail,
      @Nullable TokenUsage usage,
      @Nullable Throwable cause) {
    super(message, cause, false, false);
    this.kind = kind;
    this.retryAfter = retryAfter;
    this.detail = detail;
    this.usage = usage;
  }

  /** Of an answer that did not come whole. */
  static CallFailedException badAnswer(String message, @Nullable Throwable cause) {
    return new CallFailedException(Kind.DOUBTFUL, message, null, "", cause);
  }

  /** Of an answer that came, is paid for, and is of no use. */
  static CallFailedException uselessAnswer(
      String message, TokenUsage usage, @Nullable Throwable cause) {
    return new CallFailedException(Kind.DOUBTFUL, message, null, "", usage, cause);
  }

  /** What it costs all the same; empty where no answer came. */
  Optional<TokenUsage> usage() {
    return Optional.ofNullable(usage);
  }

  /** What is to be done about it. */
  public Kind kind() {
    return kind;
  }

  /** What the server itself says, which may quote the request; empty where it says nothing. */
  String detail() {
    return detail;
  }

  /** When the server wants to be asked again, if it says so. */
  Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
