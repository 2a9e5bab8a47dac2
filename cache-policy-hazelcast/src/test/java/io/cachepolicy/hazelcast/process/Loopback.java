package io.cachepolicy.hazelcast.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * Instances that share the loopback address.
 */
final class Loopback implements ProcessCluster.Site {

	private final List<Integer> ports = new ArrayList<>();

	private int databasePort;

	@Override
	public void open(int databasePort) {
		this.databasePort = databasePort;
		List<ServerSocket> sockets = new ArrayList<>();
		try {
			for (int i = 0; i < 3; i++) {
				ServerSocket socket = new ServerSocket(0);
				sockets.add(socket);
				this.ports.add(socket.getLocalPort());
			}
			for (ServerSocket socket : sockets) {
				socket.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public List<String> prefix(int number) {
		return List.of();
	}

	@Override
	public String address(int number) {
		return "127.0.0.1";
	}

	@Override
	public int port(int number) {
		return this.ports.get(number);
	}

	@Override
	public String url(int number) {
		return "jdbc:postgresql://localhost:%d/postgres?user=postgres".formatted(this.databasePort);
	}

	@Override
	public void close() {
	}

}
