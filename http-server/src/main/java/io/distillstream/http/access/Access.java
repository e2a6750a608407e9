package io.distillstream.http.access;

import io.distillstream.foundation.InvalidFileException;
import io.distillstream.http.RefusedRequestException;
import io.distillstream.http.VitalPath;
import io.distillstream.http.reload.FileWatch;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests in by {@link AccessRules}, and what asks for health in any case. Does not block: a
 * request whose token waits for the issuer's keys goes on when these have come.
 */
public final class Access extends Handler.Wrapper implements AutoCloseable {

  private static final int BAD_REQUEST = 400;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int RETRY_SECONDS = 5;

  private final AccessRules rules;
  private final boolean overTls;
  private final Consumer<Denial> denials;
  private final ApiKeys keys;
  private final @Nullable Tokens tokens;

  /**
   * Reads the keys; fetches those of the issuer in the background.
   *
   * @param overTls whether the server's port is one of TLS
   * @param name of the server's threads
   * @param denials told of each request that is not let in
   * @throws InvalidFileException if a file of keys cannot be used
   */
  public Access(AccessRules rules, boolean overTls, String name, Consumer<Denial> denials)
      throws InvalidFileException {
    this.rules = rules;
    this.overTls = overTls;
    this.denials = denials;
    this.keys = new ApiKeys(rules.keyFiles());
    this.tokens = rules.issuer().map(issuer -> new Tokens(issuer, name + "-issuer")).orElse(null);
  }

  /** Reads files of keys again when they change. */
  public void follow(FileWatch watch) {
    keys.follow(watch);
  }

  @Override
  public void close() {
    if (tokens != null) {
      tokens.close();
    }
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    String path = Request.getPathInContext(request);
    Optional<VitalPath> vital = VitalPath.of(path);
    if (vital.isPresent() && vital.get() != VitalPath.METRICS) {
      return super.handle(request, response, callback);
    }
    if (overTls && session(request) == null) {
      deny(Denial.PLAIN_HTTP, "", request, response, callback);
      return true;
    }
    if ((rules.openMetrics() && vital.isPresent()) || isOpen(path)) {
      return super.handle(request, response, callback);
    }
    if (rules.clientCertificates() && !showsCertificate(request)) {
      deny(Denial.NO_CERTIFICATE, "", request, response, callback);
      return true;
    }
    return rules.asksForCredentials()
        ? handleIfKnown(request, response, callback)
        : super.handle(request, response, callback);
  }

  private boolean handleIfKnown(Request request, Response response, Callback callback)
      throws Exception {
    Optional<Credentials> shown =
        Credentials.of(
            request.getHeaders(),
            authorization(),
            rules.controller(Request.getPathInContext(request)));
    if (shown.isEmpty()) {
      deny(Denial.NO_CREDENTIALS, "", request, response, callback);
      return true;
    }
    CompletableFuture<Tokens.Verdict> verdict = judge(shown.get());
    if (verdict.isDone()) {
      return handle(verdict.join(), request, response, callback);
    }
    verdict.thenAcceptAsync(
        later -> handleLater(later, request, response, callback),
        request.getComponents().getExecutor());
    return true;
  }

  private void handleLater(
      Tokens.Verdict verdict, Request request, Response response, Callback callback) {
    try {
      if (!handle(verdict, request, response, callback)) {
        Response.writeError(request, response, callback, 404);
      }
    } catch (Throwable e) {
      Response.writeError(request, response, callback, e);
    }
  }

  private boolean handle(
      Tokens.Verdict verdict, Request request, Response response, Callback callback)
      throws Exception {
    if (verdict.denial().isEmpty()) {
      return super.handle(withoutKey(request), response, callback);
    }
    deny(verdict.denial().get(), verdict.reason(), request, response, callback);
    return true;
  }

  private CompletableFuture<Tokens.Verdict> judge(Credentials shown) {
    if (keys.knows(shown)) {
      return CompletableFuture.completedFuture(Tokens.Verdict.GRANTED);
    }
    return tokens != null && shown.name().isEmpty() && Tokens.isToken(shown.secret())
        ? tokens.verify(shown.secret())
        : CompletableFuture.completedFuture(
            new Tokens.Verdict(Optional.of(Denial.UNKNOWN_KEY), ""));
  }

  private String authorization() {
    return rules.forwardsAuthorization()
        ? HttpHeader.PROXY_AUTHORIZATION.asString()
        : HttpHeader.AUTHORIZATION.asString();
  }

  /** What is passed on to somebody else must not have the key that was for this server. */
  private Request withoutKey(Request request) {
    if (!rules.forwardsAuthorization()) {
      return request;
    }
    HttpFields kept =
        HttpFields.build(request.getHeaders())
            .remove(Credentials.KEY_HEADER)
            .remove(HttpHeader.PROXY_AUTHORIZATION)
            .asImmutable();
    return new Request.Wrapper(request) {
      @Override
      public HttpFields getHeaders() {
        return kept;
      }
    };
  }

  private boolean isOpen(String path) {
    return rules.openPaths().stream()
        .anyMatch(open -> open.endsWith("/") ? path.startsWith(open) : path.equals(open));
  }

  private static boolean showsCertificate(Request request) {
    EndPoint.SslSessionData session = session(request);
    return session != null
        && session.peerCertificates() != null
        && session.peerCertificates().length > 0;
  }

  /** Of a connection over TLS; a request's own scheme is what its client says. */
  private static EndPoint.@Nullable SslSessionData session(Request request) {
    return (EndPoint.SslSessionData) request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE);
  }

  private void deny(
      Denial denial, String reason, Request request, Response response, Callback callback) {
    denials.accept(denial);
    switch (denial) {
      case NO_CREDENTIALS, UNKNOWN_KEY, INVALID_TOKEN -> challenge(denial, request, response);
      case NO_ISSUER, NO_CERTIFICATE, PLAIN_HTTP -> {}
    }
    refusal(denial, reason).answer(request, response, callback);
  }

  private RefusedRequestException refusal(Denial denial, String reason) {
    return switch (denial) {
      case NO_CREDENTIALS -> refused(UNAUTHORIZED, "Expected " + expected());
      case UNKNOWN_KEY -> refused(UNAUTHORIZED, "Nobody has this key; expected " + expected());
      case INVALID_TOKEN -> refused(UNAUTHORIZED, "The token is not accepted: " + reason);
      case NO_ISSUER -> RefusedRequestException.unavailable(reason, RETRY_SECONDS);
      case NO_CERTIFICATE ->
          refused(FORBIDDEN, "Expected a client certificate that this server's authority signed");
      case PLAIN_HTTP -> refused(BAD_REQUEST, "This port speaks TLS: call it by https");
    };
  }

  private static RefusedRequestException refused(int status, String message) {
    return new RefusedRequestException(status, message, Map.of());
  }

  private String expected() {
    String what =
        keys.isEmpty()
            ? "a token"
            : rules.issuer().isEmpty() ? "an API key" : "an API key or a token";
    return "%1$s, as %2$s: Bearer %3$s or %4$s: %3$s"
        .formatted(what, authorization(), keys.isEmpty() ? "TOKEN" : "KEY", Credentials.KEY_HEADER);
  }

  private void challenge(Denial denial, Request request, Response response) {
    String error = denial == Denial.NO_CREDENTIALS ? "" : ", error=\"invalid_token\"";
    response
        .getHeaders()
        .add(HttpHeader.WWW_AUTHENTICATE, "Bearer realm=\"distillstream\"" + error);
    if (!keys.isEmpty() && !rules.forwardsAuthorization() && mayAskUser(request)) {
      // In a line of its own: not every browser looks for it behind another.
      response
          .getHeaders()
          .add(HttpHeader.WWW_AUTHENTICATE, "Basic realm=\"distillstream\", charset=\"UTF-8\"");
    }
  }

  /** A script that is denied asks its page's user itself; the browser would come before it. */
  private static boolean mayAskUser(Request request) {
    String mode = request.getHeaders().get("Sec-Fetch-Mode");
    return mode == null || mode.equals("navigate");
  }
}
