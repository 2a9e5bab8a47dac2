package io.cachepolicy.benchmarks.runs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Requests to blocks of a disk.
 *
 * @param real whether they are out of a file and not out of a random generator
 * @param list the requests, in their order
 */
record Requests(boolean real, List<Request> list) {

	private static final String FILE = "data/cloudphysics-io.csv.gz";

	/**
	 * Read the trace that system property {@code benchmarks.trace} names, or the one that
	 * lies beside the project. Without either, requests are made up.
	 * @param limit how many requests at most, from the middle
	 * @return the requests
	 */
	static Requests read(int limit) {
		return Stream
			.of(System.getProperty("benchmarks.trace"), "../shared/" + FILE, "shared/" + FILE, "../../shared/" + FILE)
			.filter(Objects::nonNull)
			.map(Path::of)
			.filter(Files::exists)
			.findFirst()
			.map((file) -> new Requests(true, read(file, limit)))
			.orElseGet(() -> new Requests(false, generate(Math.min(limit, 20_000))));
	}

	private static List<Request> read(Path file, int limit) {
		try (BufferedReader reader = new BufferedReader(
				new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.US_ASCII))) {
			List<Request> all = reader.lines().skip(1).map(Request::parse).toList();
			int from = Math.max(0, (all.size() - limit) / 2);
			return all.subList(from, Math.min(all.size() - from, limit) + from);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<Request> generate(int number) {
		Random random = new Random(42);
		return IntStream.range(0, number)
			.mapToObj(
					(i) -> new Request(random.nextInt(10) < 6, 1 + (long) (20_000 * Math.pow(random.nextDouble(), 3))))
			.toList();
	}

	long writes() {
		return this.list.stream().filter(Request::write).count();
	}

	long reads() {
		return this.list.size() - writes();
	}

	long writtenBlocks() {
		return this.list.stream().filter(Request::write).mapToLong(Request::block).distinct().count();
	}

	/**
	 * A request.
	 *
	 * @param write whether to write, or else to read
	 * @param block which block, more than 0
	 */
	record Request(boolean write, long block) {

		private static Request parse(String line) {
			String[] columns = line.split(",");
			// 2a is WRITE(10), 28 is READ(10)
			return new Request(columns[2].equals("2a"), Long.parseLong(columns[4]));
		}

	}

}
