package io.cachepolicy.startup;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

import io.cachepolicy.startup.parcels.Parcel;
import io.cachepolicy.startup.parcels.ParcelApplication;
import io.cachepolicy.startup.parcels.ParcelRepository;
import io.cachepolicy.startup.parcels.Parcels;
import io.cachepolicy.startup.shelves.BookRepository;
import io.cachepolicy.startup.shelves.ShelfApplication;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.SessionFactory;
import org.hibernate.Version;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.aot.AotDetector;
import org.springframework.boot.SpringApplicationAotProcessor;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ConfigurationClassPostProcessor;
import org.springframework.context.aot.AbstractAotProcessor.Settings;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that is processed ahead of time, as Spring Boot's Maven plugin does it,
 * compiled, and started from what was generated.
 */
@ExtendWith(OutputCaptureExtension.class)
class AotTests {

	private static final String[] ARGUMENTS = { "--spring.datasource.url=jdbc:h2:mem:aot",
			"--spring.jpa.hibernate.ddl-auto=update", "--spring.main.web-application-type=none",
			"--spring.main.banner-mode=off", "--logging.level.root=warn" };

	@TempDir
	private static Path directory;

	private static Path classes;

	@BeforeAll
	static void process() throws IOException {
		classes = process(ParcelApplication.class);
	}

	private static Path process(Class<?> application) throws IOException {
		Path sources = directory.resolve(application.getSimpleName() + "/sources");
		Path classes = directory.resolve(application.getSimpleName() + "/classes");
		Settings settings = Settings.builder()
			.sourceOutput(sources)
			.resourceOutput(classes)
			.classOutput(classes)
			.groupId("io.cachepolicy")
			.artifactId("startup")
			.build();
		new SpringApplicationAotProcessor(application, settings, ARGUMENTS).process();
		compile(sources, classes);
		Files.writeString(classes.resolve("spring.properties"), "spring.aot.enabled=true");
		return classes;
	}

	private static void compile(Path sources, Path classes) throws IOException {
		List<String> arguments = new ArrayList<>(
				List.of("-nowarn", "-proc:none", "-d", classes.toString(), "-classpath", classPath(classes)));
		try (Stream<Path> files = Files.walk(sources)) {
			files.filter((file) -> file.toString().endsWith(".java")).forEach((file) -> arguments.add(file.toString()));
		}
		ByteArrayOutputStream messages = new ByteArrayOutputStream();
		assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, messages, arguments.toArray(String[]::new)))
			.as(messages::toString)
			.isZero();
	}

	private static String classPath(Path classes) {
		return Stream.concat(Stream.of(classes), ApplicationClassPath.ofTests().entries().stream())
			.map(Path::toString)
			.collect(Collectors.joining(File.pathSeparator));
	}

	@AfterEach
	void checkOutput(CapturedOutput output) {
		assertThat(output).doesNotContain("not eligible", " ERROR ");
	}

	@Test
	@DisplayName("S5: processed ahead of time, an application caches, flushes in the same mode, and drains")
	void applicationProcessedAheadOfTimeWorks() throws Exception {
		ApplicationClassPath.ofTests().with(classes).run(Processed.class);
	}

	@Test
	@DisplayName("S5: repositories whose methods were generated ahead of time have the same caches")
	void repositoriesProcessedAheadOfTimeAreCached() throws Exception {
		ApplicationClassPath.ofTests().with(process(ShelfApplication.class)).run(ProcessedShelves.class);
	}

	@Test
	void applicationNotProcessedFlushesInThatMode() {
		new StoreMode().run();
	}

	@Test
	@DisplayName("S5: the hints for a native image name what is used by reflection")
	void hintsNameWhatIsUsedByReflection() throws IOException {
		String hints = Files
			.readString(classes.resolve("META-INF/native-image/io.cachepolicy/startup/reachability-metadata.json"));
		for (String type : List.of(Parcel.class.getName(), "io.cachepolicy.interceptor.OperationExpressionRoot",
				"io.cachepolicy.autoconfigure.CachePolicyProperties$CacheSettings",
				"io.cachepolicy.autoconfigure.CachePolicyProperties$WriteBack",
				"io.cachepolicy.autoconfigure.CachePolicyProperties$Retry")) {
			assertThat(hints).contains("\"" + type + "\"");
		}
	}

	private static void assertProcessed(ConfigurableApplicationContext context, Class<?>... repositories) {
		assertThat(AotDetector.useGeneratedArtifacts()).isTrue();
		assertThat(context.getBeanProvider(ConfigurationClassPostProcessor.class).stream()).isEmpty();
		for (Class<?> repository : repositories) {
			assertThat(ClassUtils.isPresent(repository.getName() + "Impl__AotRepository", context.getClassLoader()))
				.isTrue();
		}
	}

	static class Processed extends AbstractStartupTests implements Runnable {

		@Override
		public void run() {
			ConfigurableApplicationContext context = startParcels();
			assertProcessed(context, ParcelRepository.class);
			assertWorks(context);
			new ProcessedStoreMode().run();
		}

	}

	static class ProcessedShelves extends AbstractStartupTests implements Runnable {

		@Override
		public void run() {
			for (String policy : List.of("write-through", "write-back")) {
				Database database = Database.create();
				try (ConfigurableApplicationContext context = RepositoryKinds.start(builder(), database, policy)) {
					assertProcessed(context, BookRepository.class);
					new RepositoryKinds(context, database).all();
				}
			}
		}

	}

	/**
	 * Counts statements: a stateless session upserts without a query, a repository asks
	 * first.
	 */
	static class StoreMode extends AbstractStartupTests {

		void run() {
			ConfigurableApplicationContext context = startParcels(
					"spring.jpa.properties.hibernate.generate_statistics=true", "logging.level.org.hibernate=warn");
			check(context);
			Parcels parcels = context.getBean(Parcels.class);
			parcels.write(new Parcel(1L, "one"));
			parcels.write(new Parcel(2L, "two"));
			var statistics = context.getBean(EntityManagerFactory.class).unwrap(SessionFactory.class).getStatistics();
			statistics.clear();
			flush(context);
			assertThat(this.database.labels("parcel")).isEqualTo(Map.of(1L, "one", 2L, "two"));
			// Before Hibernate 7.4 it queries for the ids, and inserts
			assertThat((Version.getVersionString().startsWith("7.2.")) ? statistics.getEntityInsertCount()
					: statistics.getEntityUpsertCount())
				.isEqualTo(2);
			assertThat(statistics.getEntityLoadCount()).isZero();
			context.close();
		}

		void check(ConfigurableApplicationContext context) {
			assertThat(AotDetector.useGeneratedArtifacts()).isFalse();
		}

	}

	static class ProcessedStoreMode extends StoreMode {

		@Override
		void check(ConfigurableApplicationContext context) {
			assertProcessed(context, ParcelRepository.class);
		}

	}

}
