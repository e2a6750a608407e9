package io.distillstream.device.http;

import io.distillstream.tuf.BoundedRead;
import java.io.IOException;
import java.io.InputStream;
import java.io.UnsupportedEncodingException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** A gateway's address, the token that it asks for, and whom to trust. Immutable. */
public final class Gateway {

  private static final int CONNECT_MILLIS = 10_000;

  /** What is read whole is small; a gateway that drips it is given up. */
  private static final Duration LONGEST_BODY = Duration.ofMinutes(5);

  private static final int MOST_ERROR_BYTES = 1 << 16;

  /** Of a list of what there is. */
  static final int MOST_LIST_BYTES = 1 << 20;

  private final String base;
  private final @Nullable String token;
  private final @Nullable SSLSocketFactory tls;

  private Gateway(String base, @Nullable String token, @Nullable SSLSocketFactory tls) {
    this.base = base;
    this.token = token;
    this.tls = tls;
  }

  /**
   * A gateway.
   *
   * @param url such as {@code https://models.example.org}; whatever path it has is kept
   * @param token what the gateway asks for, or null if nothing
   * @throws IllegalArgumentException if it is no address of an HTTP server
   */
  public static Gateway at(String url, @Nullable String token) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(expected(url), e);
    }
    boolean http = "http".equalsIgnoreCase(uri.getScheme());
    boolean https = "https".equalsIgnoreCase(uri.getScheme());
    if (!(http || https)
        || uri.getHost() == null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null
        || uri.getRawUserInfo() != null) {
      throw new IllegalArgumentException(expected(url));
    }
    return new Gateway(url.endsWith("/") ? url.substring(0, url.length() - 1) : url, token, null);
  }

  /**
   * The same gateway over TLS of the caller's own, which says whose certificates are trusted and
   * which one the device shows.
   */
  public Gateway over(SSLSocketFactory sockets) {
    return new Gateway(base, token, sockets);
  }

  private static String expected(String url) {
    return "'" + url + "' is no gateway's address: expected one such as http://127.0.0.1:8070";
  }

  /** The address, without the token. */
  @Override
  public String toString() {
    return base;
  }

  /**
   * Asks the gateway for something small. Devices need not do so; whoever starts one may want to
   * know at once.
   *
   * @throws IOException if it cannot be reached or does not take the token
   */
  public void check() throws IOException {
    body(open("/v1/models", CONNECT_MILLIS), MOST_LIST_BYTES);
  }

  /** A path's segment, whatever is in it. */
  static String segment(String text) {
    try {
      return URLEncoder.encode(text, "UTF-8").replace("+", "%20");
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException("Every Java platform has UTF-8", e);
    }
  }

  /**
   * Prepares a request; whoever uses it ends it.
   *
   * @param readMillis how long the gateway may be silent
   */
  HttpURLConnection open(String path, int readMillis) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) new URL(base + path).openConnection();
    if (tls != null && connection instanceof HttpsURLConnection secure) {
      secure.setSSLSocketFactory(tls);
    }
    connection.setConnectTimeout(CONNECT_MILLIS);
    connection.setReadTimeout(readMillis);
    connection.setUseCaches(false);
    // The token is for this server alone.
    connection.setInstanceFollowRedirects(false);
    if (token != null) {
      connection.setRequestProperty("Authorization", "Bearer " + token);
    }
    return connection;
  }

  /**
   * The whole body of an answer that must be 200, unpacked.
   *
   * @param most bytes that it may have
   * @throws GatewayException if the answer is another one
   */
  static byte[] body(HttpURLConnection connection, int most) throws IOException {
    return requireAtMost(most, atMost(connection, most), connection);
  }

  /** The same, and of a longer one a byte more than that. */
  private static byte[] atMost(HttpURLConnection connection, int most) throws IOException {
    requireStatus(connection, HttpURLConnection.HTTP_OK);
    boolean packed = "gzip".equalsIgnoreCase(connection.getContentEncoding());
    try (InputStream raw = connection.getInputStream();
        InputStream in = packed ? new GZIPInputStream(raw) : raw) {
      return new BoundedRead(LONGEST_BODY).read(path(connection), in, most);
    }
  }

  /**
   * A small file, however it is packed.
   *
   * @param most bytes of it that are wanted; of a longer one there is one more
   * @return empty if the gateway does not have it
   */
  Optional<byte[]> file(String path, int most) throws IOException {
    HttpURLConnection connection = open(path, CONNECT_MILLIS);
    connection.setRequestProperty("Accept-Encoding", "gzip");
    if (connection.getResponseCode() == HttpURLConnection.HTTP_NOT_FOUND) {
      drain(connection);
      return Optional.empty();
    }
    return Optional.of(atMost(connection, most));
  }

  /**
   * Checks an answer's status.
   *
   * @throws GatewayException if it is another one, with what the gateway says
   */
  static void requireStatus(HttpURLConnection connection, int expected) throws IOException {
    int status = connection.getResponseCode();
    if (status != expected) {
      throw new GatewayException(
          status, path(connection), connection.getHeaderField("Retry-After"), said(connection));
    }
  }

  /** Reads what is left of an answer, so that its connection can be used again. */
  static void drain(HttpURLConnection connection) throws IOException {
    said(connection);
  }

  private static String said(HttpURLConnection connection) throws IOException {
    InputStream error = connection.getErrorStream();
    InputStream in =
        error != null || connection.getResponseCode() >= HttpURLConnection.HTTP_BAD_REQUEST
            ? error
            : connection.getInputStream();
    if (in == null) {
      return "";
    }
    try {
      byte[] bytes = new BoundedRead(LONGEST_BODY).read(path(connection), in, MOST_ERROR_BYTES);
      return new String(requireAtMost(MOST_ERROR_BYTES, bytes, connection), StandardCharsets.UTF_8);
    } finally {
      in.close();
    }
  }

  private static byte[] requireAtMost(int most, byte[] bytes, HttpURLConnection connection)
      throws IOException {
    if (bytes.length > most) {
      throw new IOException(path(connection) + " has more than " + most + " bytes");
    }
    return bytes;
  }

  private static String path(HttpURLConnection connection) {
    return connection.getURL().getPath();
  }
}
