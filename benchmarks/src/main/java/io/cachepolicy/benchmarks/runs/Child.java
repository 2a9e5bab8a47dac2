package io.cachepolicy.benchmarks.runs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A JVM of its own for a part of a study, which prints numbers.
 */
final class Child {

	private static final String RESULT = "result: ";

	private Child() {
	}

	/**
	 * Run a class.
	 * @param type the class, whose {@code main} prints its results by {@link #tell}
	 * @param options options of the JVM
	 * @param arguments arguments of {@code main}
	 * @return the numbers
	 */
	static double[] run(Class<?> type, List<String> options, String... arguments) {
		return run(System.getProperty("java.class.path"), type, options, arguments);
	}

	/**
	 * Run a class.
	 * @param classPath the class path
	 * @param type the class, whose {@code main} prints its results by {@link #tell}
	 * @param options options of the JVM
	 * @param arguments arguments of {@code main}
	 * @return the numbers
	 */
	static double[] run(String classPath, Class<?> type, List<String> options, String... arguments) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(options);
		command.addAll(List.of("-cp", classPath, type.getName()));
		command.addAll(List.of(arguments));
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
			List<String> lines;
			try (BufferedReader reader = process.inputReader()) {
				lines = reader.lines().toList();
			}
			if (process.waitFor() != 0) {
				throw new IllegalStateException(type + " failed: " + String.join("\n", lines));
			}
			return lines.stream()
				.filter((line) -> line.startsWith(RESULT))
				.flatMap((line) -> Stream.of(line.substring(RESULT.length()).split(" ")))
				.mapToDouble(Double::parseDouble)
				.toArray();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Tell the parent.
	 * @param numbers the results
	 */
	static void tell(double... numbers) {
		StringBuilder line = new StringBuilder();
		for (double number : numbers) {
			line.append(line.isEmpty() ? RESULT : " ").append(number);
		}
		System.out.println(line);
	}

}
