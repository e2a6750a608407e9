package io.distillstream.wire.blob;

/** A blob whose chunks are missing, out of order, or do not add up to its digest. */
public final class DamagedBlobException extends Exception {

  private static final long serialVersionUID = 1;

  private final String blobId;

  DamagedBlobException(String blobId, String reason) {
    super("Blob " + blobId + " is damaged: " + reason);
    this.blobId = blobId;
  }

  public String blobId() {
    return blobId;
  }
}
