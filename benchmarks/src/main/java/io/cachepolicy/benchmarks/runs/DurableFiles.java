package io.cachepolicy.benchmarks.runs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.benchmarks.Database;
import io.cachepolicy.benchmarks.Measure;
import io.cachepolicy.benchmarks.Scale;
import io.cachepolicy.benchmarks.Study;
import io.cachepolicy.benchmarks.app.Product;
import io.cachepolicy.benchmarks.app.ShopCaches;
import io.cachepolicy.benchmarks.report.Report;
import io.cachepolicy.benchmarks.report.Table;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;

/**
 * How the journal of pending writes grows, and what a start with many of them takes.
 */
public final class DurableFiles implements Study {

	@Override
	public void run(Scale scale, Report report) throws Exception {
		report.section("Files of durable writes",
				"""
						The growth of the directory by overwrites of 100,000 keys, none of which is flushed: so much is pending all the time. \
						Then starts of an application with and without many recovered writes, and the heap that is used after each.""");
		grow(scale, report);
		recover(scale, report);
	}

	private static void grow(Scale scale, Report report) throws Exception {
		Path directory = Files.createTempDirectory("journal");
		Table table = new Table("overwrites of 100,000 keys", "size of the directory (MB)");
		int step = scale.of(2_000_000, 1000);
		try (Database database = Database.start();
				ConfigurableApplicationContext context = Durable.start(database, directory, "os", 3 * Durable.KEYS)) {
			PolicyCache cache = ShopCaches.get(context, "products");
			for (int written = step; written <= 5 * step; written += step) {
				Durable.put(cache, step, 1);
				table.row(written, size(directory) / (double) (1 << 20));
			}
		}
		finally {
			FileSystemUtils.deleteRecursively(directory);
		}
		report.table(table);
	}

	private static long size(Path directory) {
		try (Stream<Path> files = Files.walk(directory)) {
			return files.mapToLong((file) -> file.toFile().length()).sum();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void recover(Scale scale, Report report) throws Exception {
		Path directory = Files.createTempDirectory("journal");
		int count = scale.of(1_000_000, 500);
		Table table = new Table("recovered writes", "start with them (s)", "start without (s)", "heap with them (MB)",
				"heap without (MB)");
		try (Database database = Database.start()) {
			try (ConfigurableApplicationContext context = Durable.start(database, directory, "os", 2 * count)) {
				PolicyCache cache = ShopCaches.get(context, "products");
				for (long id = 1; id <= count; id++) {
					Product product = new Product();
					product.fill(id, 0);
					cache.put(id, product);
				}
			}
			long start = System.nanoTime();
			double without;
			double empty;
			try (ConfigurableApplicationContext context = Durable.start(database, directory.resolve("none"), "os",
					2 * count)) {
				without = Measure.secondsSince(start);
				empty = heap(context);
			}
			start = System.nanoTime();
			try (ConfigurableApplicationContext context = Durable.start(database, directory, "os", 2 * count)) {
				double seconds = Measure.secondsSince(start);
				long pending = ShopCaches.get(context, "products").pendingWrites();
				table.row(pending, seconds, without, heap(context), empty);
			}
		}
		finally {
			FileSystemUtils.deleteRecursively(directory);
		}
		report.table(table);
	}

	private static double heap(ConfigurableApplicationContext context) {
		System.gc();
		long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
		// What is measured has to be alive until then
		ShopCaches.get(context, "products");
		return used / (double) (1 << 20);
	}

}
