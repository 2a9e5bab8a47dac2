package io.cachepolicy.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.hazelcast.core.Hazelcast;
import com.zaxxer.hikari.HikariDataSource;
import io.cachepolicy.benchmarks.jmh.AnnotationStudy;
import io.cachepolicy.benchmarks.jmh.GrowthStudy;
import io.cachepolicy.benchmarks.jmh.HitStudy;
import io.cachepolicy.benchmarks.jmh.PutStudy;
import io.cachepolicy.benchmarks.jmh.RepositoryStudy;
import io.cachepolicy.benchmarks.jmh.WriteThroughStudy;
import io.cachepolicy.benchmarks.report.Report;
import io.cachepolicy.benchmarks.runs.Drain;
import io.cachepolicy.benchmarks.runs.Durable;
import io.cachepolicy.benchmarks.runs.DurableFiles;
import io.cachepolicy.benchmarks.runs.EndToEnd;
import io.cachepolicy.benchmarks.runs.Fairness;
import io.cachepolicy.benchmarks.runs.FlushRate;
import io.cachepolicy.benchmarks.runs.Instances;
import io.cachepolicy.benchmarks.runs.Memory;
import io.cachepolicy.benchmarks.runs.StartUp;
import io.cachepolicy.benchmarks.runs.Trace;
import io.cachepolicy.benchmarks.runs.Tracking;
import io.cachepolicy.benchmarks.runs.Waiting;
import org.ehcache.config.builders.CacheManagerBuilder;
import org.hibernate.SessionFactory;

import org.springframework.boot.SpringApplication;
import org.springframework.util.ClassUtils;

/**
 * Runs the studies, or some of them.
 */
public final class Benchmarks {

	private static final Map<String, Study> STUDIES = studies();

	private Benchmarks() {
	}

	private static Map<String, Study> studies() {
		Map<String, Study> studies = new LinkedHashMap<>();
		studies.put("hits", new HitStudy());
		studies.put("annotations", new AnnotationStudy());
		studies.put("repositories", new RepositoryStudy());
		studies.put("puts", new PutStudy());
		studies.put("end-to-end", new EndToEnd());
		studies.put("flush-rate", new FlushRate());
		studies.put("write-through", new WriteThroughStudy());
		studies.put("memory", new Memory());
		studies.put("growth", new GrowthStudy());
		studies.put("drain", new Drain());
		studies.put("durable", new Durable());
		studies.put("durable-files", new DurableFiles());
		studies.put("trace", new Trace());
		studies.put("fairness", new Fairness());
		studies.put("waiting", new Waiting());
		studies.put("tracking", new Tracking());
		studies.put("start-up", new StartUp());
		studies.put("instances", new Instances());
		return studies;
	}

	/**
	 * Run studies.
	 * @param arguments {@code --smoke} for a run that only shows that everything works,
	 * {@code --out=directory} for the directory of the page and its plots, and the names
	 * of studies if not all are to run
	 * @throws Exception if a study fails
	 */
	public static void main(String... arguments) throws Exception {
		Scale scale = Scale.FULL;
		Path directory = Path.of("benchmarks", "target", "results");
		List<String> names = new ArrayList<>();
		for (String argument : arguments) {
			if (argument.equals("--smoke")) {
				scale = Scale.SMOKE;
			}
			else if (argument.startsWith("--out=")) {
				directory = Path.of(argument.substring("--out=".length()));
			}
			else if (STUDIES.containsKey(argument)) {
				names.add(argument);
			}
			else {
				throw new IllegalArgumentException("'" + argument + "' is none of " + STUDIES.keySet());
			}
		}
		run(scale, directory, names.isEmpty() ? STUDIES.keySet() : names);
		// Threads of peers may be left
		System.exit(0);
	}

	private static void run(Scale scale, Path directory, Iterable<String> names) throws Exception {
		Report report = new Report(directory);
		String introduction = introduction(scale);
		for (String name : names) {
			run(name, scale, report);
			// What was measured is kept if a later study fails
			report.writeTo(directory.resolve("performance.md"), introduction);
		}
		System.out.println("Missed: " + report.missed());
	}

	static void run(String name, Scale scale, Report report) throws Exception {
		Objects.requireNonNull(STUDIES.get(name), name).run(scale, report);
	}

	/**
	 * Return which studies there are.
	 * @return their names
	 */
	static Set<String> names() {
		return STUDIES.keySet();
	}

	private static String introduction(Scale scale) throws IOException {
		return Report.format("%s, %s run: %s %s, %d × %s, heap %,d MB, Java %s, PostgreSQL %s, %s.%n",
				LocalDate.now(Clock.systemUTC()), scale.name().toLowerCase(Locale.ROOT), System.getProperty("os.name"),
				System.getProperty("os.arch"), Runtime.getRuntime().availableProcessors(), processor(),
				Runtime.getRuntime().maxMemory() >> 20, Runtime.version(), postgres(), libraries());
	}

	private static String processor() throws IOException {
		Path file = Path.of("/proc/cpuinfo");
		List<String> lines = Files.isReadable(file) ? Files.readAllLines(file) : List.of();
		return lines.stream()
			.filter((line) -> line.startsWith("model name"))
			.map((line) -> line.substring(line.indexOf(':') + 1).strip())
			.findFirst()
			.orElse("processor");
	}

	private static String postgres() {
		try (Database database = Database.start()) {
			long version = database.query("select current_setting('server_version_num')::bigint");
			return version / 10_000 + "." + version % 10_000;
		}
	}

	private static String libraries() {
		return Stream
			.of(SpringApplication.class, SessionFactory.class, Caffeine.class,
					ClassUtils.resolveClassName("org.postgresql.Driver", null), HikariDataSource.class,
					CacheManagerBuilder.class, Hazelcast.class)
			.map((type) -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
			.map((jar) -> jar.substring(jar.lastIndexOf('/') + 1).replace(".jar", ""))
			.collect(Collectors.joining(", "));
	}

}
