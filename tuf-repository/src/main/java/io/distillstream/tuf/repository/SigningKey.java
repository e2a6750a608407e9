package io.distillstream.tuf.repository;

import io.distillstream.foundation.Hex;
import io.distillstream.tuf.metadata.Key;
import io.distillstream.tuf.metadata.KeySignature;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;

/** A private ed25519 key with its public one. */
public final class SigningKey {

  private final PrivateKey privateKey;
  private final Key key;

  /**
   * @throws InvalidKeyException if one is not the other's
   */
  SigningKey(PrivateKey privateKey, PublicKey publicKey) throws InvalidKeyException {
    this.privateKey = privateKey;
    this.key = Key.of(publicKey);
    byte[] message = {1};
    if (!key.verifies(message, sign(message).signatureHex())) {
      throw new InvalidKeyException("the public key is not that of the private key");
    }
  }

  /** A new key, from the platform's source of randomness. */
  public static SigningKey generate() {
    try {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      return new SigningKey(pair.getPrivate(), pair.getPublic());
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("Java 17 generates Ed25519 keys", e);
    }
  }

  /** The public key. */
  public Key key() {
    return key;
  }

  PrivateKey privateKey() {
    return privateKey;
  }

  KeySignature sign(byte[] message) throws InvalidKeyException {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(privateKey);
      signature.update(message);
      return new KeySignature(key.id(), Hex.encode(signature.sign()));
    } catch (InvalidKeyException e) {
      throw e;
    } catch (SignatureException e) {
      throw new InvalidKeyException("the private key does not sign", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Java 17 signs with Ed25519", e);
    }
  }
}
