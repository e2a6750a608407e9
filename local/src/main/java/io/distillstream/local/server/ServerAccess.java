package io.distillstream.local.server;

import io.distillstream.local.terminal.CommandFailedException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/**
 * What a command needs to be let in by a server.
 *
 * @param tls whom it trusts and which certificate it shows; empty for what Java trusts, and none
 * @param key an API key or a token, sent to that server alone; empty for none
 */
public record ServerAccess(Optional<SSLContext> tls, Optional<String> key) {

  /** For servers that ask for nothing, or by a certificate that Java trusts. */
  public static final ServerAccess NONE = new ServerAccess(Optional.empty(), Optional.empty());

  private static final int OK = 200;
  private static final int UNAUTHORIZED = 401;

  /** A client that trusts whom it should. Follows no redirect. */
  public HttpClient client() {
    HttpClient.Builder client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
    tls.ifPresent(client::sslContext);
    return client.build();
  }

  /** A request that shows the key. */
  public HttpRequest.Builder showing(HttpRequest.Builder request) {
    key.ifPresent(secret -> request.setHeader("Authorization", "Bearer " + secret));
    return request;
  }

  /** The same beside an {@code Authorization} that is for somebody else. */
  public HttpRequest.Builder showingBeside(HttpRequest.Builder request) {
    key.ifPresent(secret -> request.setHeader("X-API-Key", secret));
    return request;
  }

  /**
   * The body of what an address answers.
   *
   * @throws CommandFailedException if it refuses, or there is no connection over TLS
   * @throws IOException if nobody answers
   */
  public String get(URI address, Duration patience) throws IOException, InterruptedException {
    HttpRequest request = showing(HttpRequest.newBuilder(address)).timeout(patience).build();
    try {
      HttpResponse<String> response = client().send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != OK) {
        throw new CommandFailedException(refusal(address, response));
      }
      return response.body();
    } catch (SSLException e) {
      throw new CommandFailedException("Cannot reach %s: %s".formatted(address, reason(e)), e);
    }
  }

  /** What a server answered instead of what it was asked for, and what to do about it. */
  public static String refusal(URI address, HttpResponse<String> response) {
    return "%s answered %d: %s%s"
        .formatted(
            address,
            response.statusCode(),
            response.body(),
            response.statusCode() == UNAUTHORIZED
                ? "; --api-key-file names a file with a key"
                : "");
  }

  /** Whether a call fails in the same way however often it is made. */
  public static boolean isFinal(IOException failure) {
    // The server's own word, of this client's certificate for example.
    return isDistrust(failure)
        || (failure instanceof SSLException
            && String.valueOf(failure.getMessage()).contains("fatal alert"));
  }

  /** Whether it is the server's certificate that was not accepted. */
  private static boolean isDistrust(IOException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return true;
      }
    }
    return false;
  }

  /** Why a call failed, as the end of a line. */
  public static String reason(IOException failure) {
    if (isDistrust(failure)) {
      return "no connection over TLS: %s; --ca names the authority that signed its certificate"
          .formatted(failure.getMessage());
    }
    if (failure instanceof SSLException) {
      return "no connection over TLS: " + failure.getMessage();
    }
    return failure.getMessage() == null ? "connection refused" : failure.getMessage();
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "ServerAccess[...]";
  }
}
