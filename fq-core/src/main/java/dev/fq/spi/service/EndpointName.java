package dev.fq.spi.service;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** One name for a server, whichever of its names an address has. */
public final class EndpointName {

  private EndpointName() {}

  /** The host's address and the port; the host as it is given where it has no address. */
  public static String of(String host, int port) {
    try {
      InetAddress address = InetAddress.getByName(host);
      String one = address.isLoopbackAddress() ? "loopback" : address.getHostAddress();
      return one + ":" + port;
    } catch (UnknownHostException e) {
      return host + ":" + port;
    }
  }
}
