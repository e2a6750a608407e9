package io.distillstream.http.access;

/** Why a request was not let in. */
public enum Denial {
  /** It showed neither key nor token. */
  NO_CREDENTIALS("no-credentials"),
  /** Nobody has its key. */
  UNKNOWN_KEY("unknown-key"),
  /** Its token is damaged, expired, not meant for this server or not the issuer's. */
  INVALID_TOKEN("invalid-token"),
  /** Its token cannot be judged, since the issuer's keys have not been had yet. */
  NO_ISSUER("no-issuer"),
  /** Its client showed no certificate. */
  NO_CERTIFICATE("no-certificate"),
  /** It came in plain HTTP to a port of TLS. */
  PLAIN_HTTP("plain-http");

  private final String text;

  Denial(String text) {
    this.text = text;
  }

  /** As a label of metrics has it. */
  public String text() {
    return text;
  }
}
