package io.distillstream.tuf.metadata;

import io.distillstream.foundation.Hex;
import io.distillstream.foundation.Sha256;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Map;
import java.util.TreeMap;

/**
 * A public key. Those of another type than ed25519 may stand in metadata and verify nothing.
 *
 * @param type such as {@code ed25519}
 * @param scheme of its signatures
 * @param publicHex of an ed25519 key its 32 bytes, in lower-case hexadecimal
 */
public record Key(String type, String scheme, String publicHex) {

  /** The only type, and the only scheme, that verifies here. */
  public static final String ED25519 = "ed25519";

  /** Ahead of the 32 bytes in the X.509 form of an Ed25519 key (RFC 8410). */
  private static final String X509_PREFIX = "302a300506032b6570032100";

  private static final int RAW_BYTES = 32;

  /**
   * The ed25519 key of a Java public key.
   *
   * @throws IllegalArgumentException if it is of another kind
   */
  public static Key of(PublicKey key) {
    String x509 = key.getEncoded() == null ? "" : Hex.encode(key.getEncoded());
    if (!x509.startsWith(X509_PREFIX) || x509.length() != X509_PREFIX.length() + 2 * RAW_BYTES) {
      throw new IllegalArgumentException("Expected an Ed25519 key, got " + key.getAlgorithm());
    }
    return new Key(ED25519, ED25519, x509.substring(X509_PREFIX.length()));
  }

  /** SHA-256 of its canonical form, the id that the specification recommends. */
  public String id() {
    return Sha256.hex(CanonicalJson.write(toJson()));
  }

  /**
   * An ed25519 key in the form of X.509 (RFC 8410).
   *
   * @throws IllegalArgumentException if its hexadecimal form is none
   */
  public byte[] x509() {
    return Hex.decode(X509_PREFIX + publicHex);
  }

  /** As it stands in metadata. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new TreeMap<>();
    json.put("keytype", type);
    json.put("scheme", scheme);
    json.put("keyval", Map.of("public", publicHex));
    return json;
  }

  /**
   * Whether this key made the signature.
   *
   * @param signatureHex 64 bytes in hexadecimal; anything else is no signature
   * @throws IllegalStateException if the platform has no Ed25519 (Android below API level 33
   *     without a provider): not the same as a wrong signature
   */
  public boolean verifies(byte[] signed, String signatureHex) {
    if (!type.equals(ED25519) || !scheme.equals(ED25519)) {
      return false;
    }
    Signature verifier;
    KeyFactory keys;
    try {
      verifier = Signature.getInstance("Ed25519");
      keys = KeyFactory.getInstance("Ed25519");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(
          "This platform has no Ed25519: add a security provider that has it", e);
    }
    try {
      verifier.initVerify(keys.generatePublic(new X509EncodedKeySpec(x509())));
      verifier.update(signed);
      return verifier.verify(Hex.decode(signatureHex));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }
}
