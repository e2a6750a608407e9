package io.distillstream.http.access;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * An OpenID Connect issuer whose tokens callers may show.
 *
 * @param name as tokens have it in {@code iss}
 * @param audiences of which a token has to name one in {@code aud}
 * @param keys address of its JSON Web Key Set; empty where its discovery document names it
 */
public record Issuer(URI name, List<String> audiences, Optional<URI> keys) {

  public Issuer {
    audiences = List.copyOf(audiences);
    if (audiences.isEmpty()) {
      throw new IllegalArgumentException("Expected an audience at least, found none");
    }
  }

  /** Where the issuer says where its keys are (OpenID Connect Discovery 1.0, section 4). */
  URI discovery() {
    return URI.create(name.toString().replaceAll("/+$", "") + "/.well-known/openid-configuration");
  }
}
