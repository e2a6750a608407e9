package io.distillstream.http.access;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jose4j.lang.UnresolvableKeyException;
import org.jspecify.annotations.Nullable;

/**
 * Verifies an issuer's tokens: JSON Web Tokens signed with RS256 or ES256, with an expiry that has
 * not come, of this issuer and for one of the audiences. Thread-safe.
 */
final class Tokens implements AutoCloseable {

  private static final int CLOCK_SKEW_SECONDS = 30;
  private static final Pattern SIGNED = Pattern.compile("[\\w-]+\\.[\\w-]+\\.[\\w-]*");

  private final Issuer issuer;
  private final IssuerKeys keys;
  private volatile @Nullable JwtConsumer consumer;

  /** What became of what was shown; a denial says why. */
  record Verdict(Optional<Denial> denial, String reason) {

    static final Verdict GRANTED = new Verdict(Optional.empty(), "");

    private static Verdict invalid(String reason) {
      return new Verdict(Optional.of(Denial.INVALID_TOKEN), reason);
    }
  }

  /**
   * Begins to fetch the issuer's keys.
   *
   * @param thread name of the thread that does
   */
  Tokens(Issuer issuer, String thread) {
    this.issuer = issuer;
    this.keys = new IssuerKeys(issuer, thread, fetched -> consumer = consumer(fetched));
  }

  /** Whether a text is a token at all, good or bad. */
  static boolean isToken(String text) {
    return SIGNED.matcher(text).matches();
  }

  /**
   * Judges a token. At once where that can be; one that a key signed which is not known yet, when
   * the issuer has been asked for its keys again.
   */
  CompletableFuture<Verdict> verify(String token) {
    JwtConsumer known = consumer;
    if (known == null) {
      return keys.renewed().thenApply(asked -> verifyFinally(token));
    }
    try {
      known.process(token);
      return CompletableFuture.completedFuture(Verdict.GRANTED);
    } catch (InvalidJwtException e) {
      return isOfUnknownKey(e)
          ? keys.renewed().thenApply(asked -> verifyFinally(token))
          : CompletableFuture.completedFuture(Verdict.invalid(reason(e)));
    }
  }

  private Verdict verifyFinally(String token) {
    JwtConsumer known = consumer;
    if (known == null) {
      return new Verdict(
          Optional.of(Denial.NO_ISSUER), "The issuer's keys cannot be had at the moment");
    }
    try {
      known.process(token);
      return Verdict.GRANTED;
    } catch (InvalidJwtException e) {
      return Verdict.invalid(reason(e));
    }
  }

  private JwtConsumer consumer(List<JsonWebKey> fetched) {
    JwksVerificationKeyResolver resolver = new JwksVerificationKeyResolver(fetched);
    resolver.setDisambiguateWithVerifySignature(true);
    return new JwtConsumerBuilder()
        .setJwsAlgorithmConstraints(
            ConstraintType.PERMIT,
            AlgorithmIdentifiers.RSA_USING_SHA256,
            AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256)
        .setVerificationKeyResolver(resolver)
        .setRequireExpirationTime()
        .setAllowedClockSkewInSeconds(CLOCK_SKEW_SECONDS)
        .setExpectedIssuer(issuer.name().toString())
        .setExpectedAudience(issuer.audiences().toArray(new String[0]))
        .build();
  }

  private static boolean isOfUnknownKey(InvalidJwtException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvableKeyException) {
        return true;
      }
    }
    return false;
  }

  /** In our words: the library's repeat the token. */
  private static String reason(InvalidJwtException e) {
    if (isOfUnknownKey(e)) {
      return "none of the issuer's keys signed it";
    }
    if (e.hasExpired()) {
      return "it has expired";
    }
    if (e.hasErrorCode(ErrorCodes.EXPIRATION_MISSING)) {
      return "it has no expiry";
    }
    if (e.hasErrorCode(ErrorCodes.NOT_YET_VALID)) {
      return "it is not valid yet";
    }
    if (e.hasErrorCode(ErrorCodes.AUDIENCE_INVALID)
        || e.hasErrorCode(ErrorCodes.AUDIENCE_MISSING)) {
      return "it is for another audience";
    }
    if (e.hasErrorCode(ErrorCodes.ISSUER_INVALID) || e.hasErrorCode(ErrorCodes.ISSUER_MISSING)) {
      return "it is of another issuer";
    }
    return "it is damaged, or not signed with RS256 or ES256 by a key of the issuer";
  }

  @Override
  public void close() {
    keys.close();
  }
}
