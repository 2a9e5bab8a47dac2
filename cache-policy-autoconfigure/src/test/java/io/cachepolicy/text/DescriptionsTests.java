package io.cachepolicy.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that keys, values and failures are described by {@link KeyText} and
 * {@link FailureText} wherever a log, a message or a description speaks of them, in all
 * modules. They look at the source: a statement that logs, formats or creates an
 * exception.
 */
class DescriptionsTests {

	private static final List<Path> SOURCES = List.of(Path.of("src/main/java"),
			Path.of("../cache-policy-hazelcast/src/main/java"), Path.of("../cache-policy-journal/src/main/java"));

	private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\n]*", Pattern.DOTALL);

	private static final Pattern TEXT = Pattern.compile("\"(?:\\\\.|[^\"\\\\])*\"");

	private static final Pattern CHARACTER = Pattern.compile("'(?:\\\\.|[^'\\\\])+'");

	private static final Pattern DESCRIBED = Pattern.compile(
			"(?:(?:KeyText|FailureText)\\.\\w+|new DeadLetter|getDescriptiveType)\\((?:[^()]|\\((?:[^()]|\\([^()]*\\))*\\))*\\)");

	private static final Pattern SPEAKS = Pattern
		.compile("\\blogger\\s*\\.\\s*(?:error|warn|info|debug)|\"\\s*\\.formatted\\(|new \\w*Exception\\(");

	private static final Pattern KEY_OR_VALUE = Pattern.compile(
			"(?<![\\w.>])(?:key|keys|storeKey|id|ids|value|values|stored)(?![\\w(])(?!\\.(?:getClass|size|length)\\b)"
					+ "|\\b(?:key|getKey|value|getValue|getId)\\(\\)(?!\\.getClass)");

	private static final Pattern LOGGED_FAILURE = Pattern.compile(
			"\\blogger\\s*\\.\\s*(?:error|warn|info|debug)\\(.*,\\s*(?:ex|cause|failure|reason|[\\w.()]*reason\\(\\))\\)",
			Pattern.DOTALL);

	/**
	 * Speaks of SpEL expressions, which the developer has written, or makes dead letters.
	 */
	private static final List<String> EXEMPT = List.of("PolicyCacheAnnotationParser.java", "PendingRecovery.java",
			"LetterRecord.java");

	@Test
	@DisplayName("G3: logs and messages describe keys in one way, and no values")
	void keysAreDescribedInOneWay() {
		List<String> found = statements((file) -> !EXEMPT.contains(file.getFileName().toString()), KEY_OR_VALUE);
		assertThat(found).isEmpty();
	}

	@Test
	@DisplayName("G3: what is logged of the failures of flushes has no messages")
	void failuresOfFlushesAreLoggedWithoutMessages() {
		assertThat(statements((file) -> file.getParent().endsWith("writeback"), LOGGED_FAILURE)).isEmpty();
	}

	@Test
	void statementsThatSpeakOfKeysAreNoticed() {
		for (String statement : List.of("logger.error(\"key '\" + key + \"'\", ex)",
				"throw new IllegalStateException(\"%s\".formatted(letter.key()))",
				"throw new WriteRefusedException(\"keys %s, %s\".formatted(KeyText.ofAll(keys), keys))")) {
			assertThat(speaksOf(statement, KEY_OR_VALUE)).as(statement).isTrue();
		}
		for (String statement : List.of("logger.error(\"key '\" + KeyText.of(letter.key()) + \"'\", ex)",
				"throw new IllegalStateException(\"%s\".formatted(key.getClass().getName()))",
				"this.store.load(key)")) {
			assertThat(speaksOf(statement, KEY_OR_VALUE)).as(statement).isFalse();
		}
		assertThat(speaksOf("logger.warn(\"away\", failure)", LOGGED_FAILURE)).isTrue();
		assertThat(speaksOf("logger.warn(\"away\", FailureText.loggable(failure, logger))", LOGGED_FAILURE)).isFalse();
	}

	@Test
	@DisplayName("G3: public records with a key, a value or a failure say themselves how they are described")
	void recordsDescribeThemselves() {
		Pattern header = Pattern
			.compile("\\brecord (\\w+)\\(([^)]*(?:Throwable \\w+|Object (?:key|value))\\b[^)]*)\\)");
		List<String> silent = SOURCES.stream().flatMap(DescriptionsTests::walk).flatMap((file) -> {
			String source = COMMENT.matcher(read(file)).replaceAll("");
			return header.matcher(source)
				.results()
				.filter((record) -> isPublic(source, record.start()))
				.filter((record) -> !source.substring(record.end()).contains("\"" + record.group(1) + "["))
				.map((record) -> file.getFileName() + ": " + record.group(1));
		}).toList();
		assertThat(silent).isEmpty();
	}

	/**
	 * Return whether a type is public, as those in interfaces are.
	 * @param source the source
	 * @param start where its declaration begins
	 * @return whether it is not hidden
	 */
	private static boolean isPublic(String source, int start) {
		String line = source.substring(source.lastIndexOf('\n', start) + 1, start);
		return line.contains("public") || (source.contains("public interface") && !line.contains("private"));
	}

	private static List<String> statements(Predicate<Path> files, Pattern pattern) {
		return SOURCES.stream().flatMap(DescriptionsTests::walk).filter(files).flatMap((file) -> {
			String source = COMMENT.matcher(read(file)).replaceAll("");
			return Stream.of(source.split("[;{}]"))
				.filter((statement) -> speaksOf(statement, pattern))
				.map((statement) -> file.getFileName() + ": " + statement.strip());
		}).toList();
	}

	private static boolean speaksOf(String statement, Pattern pattern) {
		String code = CHARACTER.matcher(TEXT.matcher(statement).replaceAll("\"\"")).replaceAll("' '");
		for (String before = ""; !before.equals(code);) {
			before = code;
			code = DESCRIBED.matcher(code).replaceAll("described");
		}
		return SPEAKS.matcher(code).find() && pattern.matcher(code).find();
	}

	private static Stream<Path> walk(Path root) {
		try (Stream<Path> files = Files.walk(root)) {
			return files.filter((file) -> file.toString().endsWith(".java")).toList().stream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
