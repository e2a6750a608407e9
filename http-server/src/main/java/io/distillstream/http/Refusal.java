package io.distillstream.http;

/** Why a server refuses a request by itself, before what the request asks for is looked at. */
public enum Refusal {
  /** The address has too many connections. */
  CONNECTIONS("connections"),
  /** The body came too slowly. */
  SLOW_BODY("slow-body"),
  /** The body is too large. */
  LARGE_BODY("large-body"),
  /** The bodies or the answers of all, or of this address, take too much memory. */
  BODY_MEMORY("body-memory"),
  /** All threads are at work, and too many requests wait for them, or this one did for too long. */
  THREADS("threads");

  private final String text;

  Refusal(String text) {
    this.text = text;
  }

  /** As a label of metrics has it. */
  public String text() {
    return text;
  }
}
