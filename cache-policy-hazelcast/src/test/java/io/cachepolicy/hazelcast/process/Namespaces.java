package io.cachepolicy.hazelcast.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Instances in network namespaces of their own. Each reaches the database by one network
 * and the others by another one, from which it can be cut off.
 */
final class Namespaces implements ProcessCluster.Site {

	private static final int SIZE = 3;

	private static final int PORT = 5701;

	private static final String BRIDGE = "cpbridge";

	private final List<Relay> relays = new ArrayList<>();

	/**
	 * Return whether this machine lets us make namespaces.
	 * @return whether that works
	 */
	static boolean areAvailable() {
		try {
			return run("ip", "netns", "add", "cpprobe") == 0 && run("ip", "netns", "del", "cpprobe") == 0;
		}
		catch (UncheckedIOException ex) {
			return false;
		}
	}

	@Override
	public void open(int databasePort) {
		remove();
		require("ip", "link", "add", BRIDGE, "type", "bridge");
		require("ip", "link", "set", BRIDGE, "up");
		for (int i = 0; i < SIZE; i++) {
			require("ip", "netns", "add", "cp" + i);
			in(i, "ip", "link", "set", "lo", "up");
			link("cpcluster" + i, i, "eth0", address(i) + "/24");
			require("ip", "link", "set", "cpcluster" + i, "master", BRIDGE);
			link("cpstore" + i, i, "eth1", "10.231.%d.2/24".formatted(i));
			require("ip", "addr", "add", "10.231.%d.1/24".formatted(i), "dev", "cpstore" + i);
			this.relays.add(new Relay("10.231.%d.1".formatted(i), databasePort));
		}
	}

	private static void link(String outside, int number, String inside, String address) {
		require("ip", "link", "add", outside, "type", "veth", "peer", "name", inside, "netns", "cp" + number);
		require("ip", "link", "set", outside, "up");
		in(number, "ip", "addr", "add", address, "dev", inside);
		in(number, "ip", "link", "set", inside, "up");
	}

	/**
	 * Cut an instance off from the others. Nobody is told: packets get lost.
	 * @param number the number of the instance
	 */
	void cut(int number) {
		require("ip", "link", "set", "cpcluster" + number, "nomaster");
	}

	void heal(int number) {
		require("ip", "link", "set", "cpcluster" + number, "master", BRIDGE);
	}

	@Override
	public List<String> prefix(int number) {
		return List.of("ip", "netns", "exec", "cp" + number);
	}

	@Override
	public String address(int number) {
		return "10.230.0." + (number + 1);
	}

	@Override
	public int port(int number) {
		return PORT;
	}

	@Override
	public String url(int number) {
		return "jdbc:postgresql://10.231.%d.1:%d/postgres?user=postgres".formatted(number,
				this.relays.get(number).port());
	}

	@Override
	public void close() {
		this.relays.forEach(Relay::close);
		remove();
	}

	private static void remove() {
		IntStream.range(0, SIZE).forEach((number) -> {
			run("ip", "netns", "del", "cp" + number);
			run("ip", "link", "del", "cpcluster" + number);
			run("ip", "link", "del", "cpstore" + number);
		});
		run("ip", "link", "del", BRIDGE);
	}

	private static void in(int number, String... command) {
		List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", "cp" + number));
		whole.addAll(List.of(command));
		require(whole.toArray(String[]::new));
	}

	private static void require(String... command) {
		int result = run(command);
		if (result != 0) {
			throw new IllegalStateException("%s returned %d".formatted(List.of(command), result));
		}
	}

	private static int run(String... command) {
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start();
			return (process.waitFor(1, TimeUnit.MINUTES)) ? process.exitValue() : -1;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return -1;
		}
	}

	/**
	 * Hands connections on to the database, which listens at the loopback address only.
	 */
	private static final class Relay {

		private final ServerSocket server;

		private final int target;

		Relay(String address, int target) {
			this.target = target;
			try {
				this.server = new ServerSocket(0, 50, InetAddress.getByName(address));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			start(this::accept);
		}

		private static void start(Step step) {
			Thread thread = new Thread(() -> {
				try {
					step.run();
				}
				catch (IOException ex) {
					// One of the ends was closed
				}
			}, "relay");
			thread.setDaemon(true);
			thread.start();
		}

		private void accept() throws IOException {
			for (;;) {
				Socket client = this.server.accept();
				Socket database = new Socket(InetAddress.getLoopbackAddress(), this.target);
				client.setTcpNoDelay(true);
				database.setTcpNoDelay(true);
				start(() -> copy(client, database));
				start(() -> copy(database, client));
			}
		}

		private static void copy(Socket from, Socket to) throws IOException {
			try (from; to) {
				from.getInputStream().transferTo(to.getOutputStream());
			}
		}

		int port() {
			return this.server.getLocalPort();
		}

		void close() {
			try {
				this.server.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		/**
		 * What a thread does.
		 */
		private interface Step {

			void run() throws IOException;

		}

	}

}
