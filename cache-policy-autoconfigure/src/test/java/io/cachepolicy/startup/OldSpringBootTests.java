package io.cachepolicy.startup;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Starts an application on a Spring Boot that is too old, in a process of its own.
 */
class OldSpringBootTests {

	private static final Path JARS = Path.of("target/spring-boot-3");

	@Test
	@DisplayName("S3: on an older Spring Boot, the start says which one is needed")
	void startOnSpringBoot3IsRefused() throws Exception {
		List<String> classPath = new ArrayList<>(List.of("target/classes", "target/test-classes"));
		try (Stream<Path> jars = Files.list(JARS)) {
			jars.map(Path::toString).forEach(classPath::add);
		}
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				String.join(File.pathSeparator, classPath), OldSpringBootApplication.class.getName())
			.redirectErrorStream(true)
			.start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
		assertThat(process.exitValue()).isEqualTo(1);
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The Cache Policy starter does not run on Spring Boot 3.")
			.contains("Update to Spring Boot 4.0 or later");
	}

}
