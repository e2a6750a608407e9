package io.distillstream.openai;

/** Addresses of OpenAI-compatible servers, as people write them. */
public final class ServerAddress {

  private ServerAddress() {}

  /**
   * What paths that begin with {@code /v1} follow.
   *
   * @param url such as {@code http://127.0.0.1:8000} or, the same, {@code http://127.0.0.1:8000/v1}
   */
  public static String base(String url) {
    return url.replaceAll("/+$", "").replaceAll("/v1$", "");
  }
}
