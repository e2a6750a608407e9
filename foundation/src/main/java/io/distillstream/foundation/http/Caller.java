package io.distillstream.foundation.http;

/** What a request's {@code Host} and {@code Origin} tell of whoever sent it. */
public enum Caller {
  /** It is addressed to a name that is not the server's, as in DNS rebinding. */
  MISDIRECTED,
  /** No origin is named: a program sends it, or a browser whose user went to the address. */
  NO_PAGE,
  /** A page that the server itself gave out. */
  OWN_PAGE,
  /** A page of another origin, which the server's settings allow. */
  ALLOWED_PAGE,
  /** A page of any other origin. */
  FOREIGN_PAGE
}
