package io.distillstream.http;

import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;

/**
 * What a client's connections have in common: over TLS one follows the other on the same socket,
 * and that of HTTP lies within that of TLS.
 */
final class SocketOf {

  private SocketOf() {}

  /** The socket below a connection, the same for all that it carries. */
  static EndPoint connection(Connection connection) {
    EndPoint socket = connection.getEndPoint();
    while (socket instanceof EndPoint.Wrapper wrapper) {
      socket = wrapper.unwrap();
    }
    return socket;
  }
}
