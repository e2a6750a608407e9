package io.distillstream.gateway.hawkbit.swupdate;

import io.distillstream.foundation.Hex;
import io.distillstream.http.tls.CertifiedKey;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;

/**
 * A detached signature in the Cryptographic Message Syntax (RFC 5652, 5), in DER: of one signer,
 * RSA with SHA-256, over the content itself and without signed attributes. So the same content and
 * key have the same signature everywhere and always.
 */
final class CmsSignature {

  private static final int INTEGER = 0x02;
  private static final int OCTET_STRING = 0x04;
  private static final int NULL = 0x05;
  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;
  private static final int CONTEXT_0 = 0xa0;

  private static final int LONGEST_SHORT_LENGTH = 0x7f;

  /** 1.2.840.113549.1.7.2. */
  private static final byte[] SIGNED_DATA = identifier("2a864886f70d010702");

  /** 1.2.840.113549.1.7.1. */
  private static final byte[] DATA = identifier("2a864886f70d010701");

  /** 2.16.840.1.101.3.4.2.1. */
  private static final byte[] SHA_256 = identifier("608648016503040201");

  /** 1.2.840.113549.1.1.1. */
  private static final byte[] RSA = identifier("2a864886f70d010101");

  private static final byte[] VERSION_1 = integer(BigInteger.ONE);

  private CmsSignature() {}

  /**
   * Signs.
   *
   * @param signer a key of RSA, with its certificate, which the signature carries
   */
  static byte[] of(byte[] content, CertifiedKey signer) {
    X509Certificate certificate = signer.certificate();
    byte[] digestAlgorithm = algorithm(SHA_256);
    try {
      byte[] signerInfo =
          der(
              SEQUENCE,
              VERSION_1,
              der(
                  SEQUENCE,
                  certificate.getIssuerX500Principal().getEncoded(),
                  integer(certificate.getSerialNumber())),
              digestAlgorithm,
              algorithm(RSA),
              der(OCTET_STRING, signer.sign(content)));
      byte[] signedData =
          der(
              SEQUENCE,
              VERSION_1,
              der(SET, digestAlgorithm),
              der(SEQUENCE, DATA),
              der(CONTEXT_0, certificate.getEncoded()),
              der(SET, signerInfo));
      return der(SEQUENCE, SIGNED_DATA, der(CONTEXT_0, signedData));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("A key that signed when it was read signs again", e);
    }
  }

  private static byte[] algorithm(byte[] identifier) {
    return der(SEQUENCE, identifier, der(NULL));
  }

  private static byte[] identifier(String hex) {
    return der(OBJECT_IDENTIFIER, Hex.decode(hex));
  }

  private static byte[] integer(BigInteger number) {
    return der(INTEGER, number.toByteArray());
  }

  /** Tag, length and the contents one after the other. */
  private static byte[] der(int tag, byte[]... contents) {
    int length = 0;
    for (byte[] content : contents) {
      length += content.length;
    }
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    encoded.write(tag);
    if (length <= LONGEST_SHORT_LENGTH) {
      encoded.write(length);
    } else {
      int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
      encoded.write(0x80 | bytes);
      for (int i = bytes - 1; i >= 0; i--) {
        encoded.write(length >> (8 * i));
      }
    }
    for (byte[] content : contents) {
      encoded.writeBytes(content);
    }
    return encoded.toByteArray();
  }
}
