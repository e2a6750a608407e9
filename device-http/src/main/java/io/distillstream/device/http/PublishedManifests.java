package io.distillstream.device.http;

import io.distillstream.foundation.PlatformLog;
import io.distillstream.foundation.Sha256;
import io.distillstream.foundation.json.InvalidJsonException;
import io.distillstream.foundation.json.Json;
import io.distillstream.foundation.json.JsonFields;
import io.distillstream.update.ManifestJson;
import io.distillstream.update.UpdateManifest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The manifests of one channel as a gateway gives them out, each handed over once. Used by one
 * thread; any may close it.
 */
public final class PublishedManifests implements AutoCloseable {

  private static final PlatformLog log = PlatformLog.of(PublishedManifests.class);

  private static final int READ_MILLIS = 45_000;

  /** Of those handed over that a gateway does not list any more, or not yet. */
  private static final int MOST_UNLISTED = 100;

  private final Gateway gateway;
  private final String channel;
  private volatile boolean closed;
  private volatile @Nullable HttpURLConnection asking;

  /** Digests of the manifests that were handed over, as long as a gateway lists them. */
  private final Set<String> seen = new LinkedHashSet<>();

  PublishedManifests(Gateway gateway, String model, String channel) {
    this.gateway = gateway;
    this.channel = "/v1/models/" + Gateway.segment(model) + "/" + Gateway.segment(channel) + "/";
  }

  /** The path of the channel at the gateway, with a slash at its end. */
  String path() {
    return channel;
  }

  /** The gateway's address. */
  @Override
  public String toString() {
    return gateway.toString();
  }

  /** Whether it was handed over. */
  public boolean hasSeen(String digest) {
    return seen.contains(digest);
  }

  /**
   * Every manifest that the gateway lists and that was not handed over, oldest first.
   *
   * @throws GatewayException if the gateway refuses, also where nothing is published yet
   * @throws InvalidJsonException if what it answers is no list
   */
  public List<UpdateManifest> all() throws IOException {
    HttpURLConnection connection = open("versions.json", READ_MILLIS);
    List<String> listed = new ArrayList<>();
    for (JsonFields version :
        Json.object(Gateway.body(connection, Gateway.MOST_LIST_BYTES)).objects("versions")) {
      String digest = version.text("manifest_sha256");
      if (isDigest(digest)) {
        listed.add(digest);
      }
    }
    List<UpdateManifest> manifests = fetch(listed);
    forgetAllBut(listed);
    return manifests;
  }

  /** The newest are kept all the same: the gateway asked next may list them, and this one later. */
  private void forgetAllBut(List<String> listed) {
    Set<String> unlisted = new LinkedHashSet<>(seen);
    unlisted.removeAll(new HashSet<>(listed));
    unlisted.stream().limit(Math.max(0, unlisted.size() - MOST_UNLISTED)).forEach(seen::remove);
  }

  /**
   * The manifest of a digest; none if it was handed over, or is none that this device could read.
   *
   * @throws GatewayException if the gateway refuses, also where it has none of this digest
   */
  public List<UpdateManifest> of(String digest) throws IOException {
    return fetch(List.of(digest));
  }

  /** Whether a text can be the digest of a manifest. */
  public static boolean isDigest(String text) {
    return text.matches("[0-9a-f]{64}");
  }

  private List<UpdateManifest> fetch(List<String> digests) throws IOException {
    List<UpdateManifest> manifests = new ArrayList<>();
    Set<String> fetched = new LinkedHashSet<>();
    for (String digest : digests) {
      if (!seen.contains(digest)) {
        UpdateManifest manifest = manifest(digest);
        fetched.add(digest);
        if (manifest != null) {
          manifests.add(manifest);
        }
      }
    }
    seen.addAll(fetched);
    return manifests;
  }

  /** Null if it is none that this device could read. */
  private @Nullable UpdateManifest manifest(String digest) throws IOException {
    HttpURLConnection connection = open("manifests/" + digest + ".json", READ_MILLIS);
    connection.setRequestProperty("Accept-Encoding", "gzip");
    byte[] json = Gateway.body(connection, ManifestJson.MOST_BYTES);
    if (!Sha256.hex(json).equals(digest)) {
      throw new IOException("The manifest " + digest + " arrived damaged");
    }
    try {
      return ManifestJson.read(json);
    } catch (InvalidJsonException e) {
      log.warn("Manifest {} skipped: {}", digest, e.getMessage());
      return null;
    }
  }

  /** Prepares a request of the channel, which {@link #close} ends. */
  HttpURLConnection open(String what, int readMillis) throws IOException {
    HttpURLConnection connection = gateway.open(channel + what, readMillis);
    asking = connection;
    if (closed) {
      throw new InterruptedIOException("The device is closed");
    }
    return connection;
  }

  /** Ends the request that is under way, and refuses others. */
  @Override
  public void close() {
    closed = true;
    HttpURLConnection connection = asking;
    if (connection != null) {
      connection.disconnect();
    }
  }
}
