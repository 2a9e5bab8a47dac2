package io.cachepolicy.benchmarks.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * What a run found, as a part of a page in Markdown. Everything is printed as well.
 */
public final class Report {

	private static final String PARTS = "performance";

	private final Path directory;

	private final StringBuilder text = new StringBuilder();

	private final Table targets = new Table("target", "limit", "measured", "");

	private final List<String> missed = new ArrayList<>();

	/**
	 * Create a report.
	 * @param directory the directory of the page, in which plots and raw results have one
	 * of their own
	 */
	public Report(Path directory) {
		this.directory = directory.resolve(PARTS);
	}

	/**
	 * Begin a section.
	 * @param heading its heading
	 * @param description what is measured, and how: Markdown
	 */
	public void section(String heading, String description) {
		add("### " + heading + "\n\n" + description.strip() + "\n");
	}

	/**
	 * Add a table.
	 * @param table the table
	 */
	public void table(Table table) {
		add(table.toMarkdown());
	}

	/**
	 * Add a ratio that is to be no more than a limit.
	 * @param name what the ratio compares
	 * @param limit the limit
	 * @param ratio the ratio
	 */
	public void atMost(String name, double limit, double ratio) {
		target(name, "≤ " + Table.format(limit), ratio, ratio <= limit);
	}

	/**
	 * Add a ratio that is to be no less than a limit.
	 * @param name what the ratio compares
	 * @param limit the limit
	 * @param ratio the ratio
	 */
	public void atLeast(String name, double limit, double ratio) {
		target(name, "≥ " + Table.format(limit), ratio, ratio >= limit);
	}

	private void target(String name, String limit, double ratio, boolean met) {
		this.targets.row(name, limit, ratio, met ? "met" : "**missed**");
		if (!met) {
			this.missed.add(name);
		}
		print("%s: %s (%s) %s%n".formatted(name, Table.format(ratio), limit, met ? "met" : "MISSED"));
	}

	/**
	 * Add a plot.
	 * @param name the name of its file, without an ending
	 * @param description what it shows
	 * @param chart the plot
	 */
	public void plot(String name, String description, Chart<?, ?> chart) {
		try {
			Files.createDirectories(this.directory);
			BitmapEncoder.saveBitmap(chart, this.directory.resolve(name).toString(), BitmapEncoder.BitmapFormat.PNG);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		add("![%s](%s/%s.png)\n".formatted(description, PARTS, name));
	}

	/**
	 * Return a file for raw results, beside the plots.
	 * @param name its name
	 * @return the file, in a directory that is there
	 */
	public Path file(String name) {
		try {
			return Files.createDirectories(this.directory).resolve(name);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void add(String part) {
		this.text.append(part).append('\n');
		print(part);
	}

	private static void print(String part) {
		System.out.println(part);
	}

	/**
	 * Return the targets that were missed.
	 * @return their names
	 */
	public List<String> missed() {
		return List.copyOf(this.missed);
	}

	/**
	 * Put this report into a page, between two comments that are there.
	 * @param page the page
	 * @param introduction what stands before the targets
	 */
	public void writeTo(Path page, String introduction) {
		String begin = "<!-- results -->\n";
		String end = "<!-- end of results -->";
		try {
			String old = Files.exists(page) ? Files.readString(page) : "# Performance\n\n" + begin + end + "\n";
			int from = old.indexOf(begin) + begin.length();
			String results = "\n" + introduction + "\n" + this.targets.toMarkdown() + "\n" + this.text;
			Files.createDirectories(page.toAbsolutePath().getParent());
			Files.writeString(page, old.substring(0, from) + results + old.substring(old.indexOf(end, from)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return a number in a sentence.
	 * @param format the format
	 * @param arguments its arguments
	 * @return the text
	 */
	public static String format(String format, Object... arguments) {
		return String.format(Locale.ROOT, format, arguments);
	}

}
