package io.distillstream.http.tls;

import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The PEM files that a server's TLS is made of.
 *
 * @param certificate the server's, followed by those that vouch for it
 * @param key its private key, in PKCS #8
 * @param clientAuthorities certificates that vouch for clients; empty where clients show none
 */
public record TlsFiles(Path certificate, Path key, Optional<Path> clientAuthorities) {

  Stream<Path> all() {
    return Stream.concat(Stream.of(certificate, key), clientAuthorities.stream());
  }
}
