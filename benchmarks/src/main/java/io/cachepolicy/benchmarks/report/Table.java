package io.cachepolicy.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A table of results.
 */
public final class Table {

	private final List<List<String>> lines = new ArrayList<>();

	/**
	 * Create a table.
	 * @param columns the names of the columns
	 */
	public Table(String... columns) {
		this.lines.add(List.of(columns));
	}

	/**
	 * Add a row.
	 * @param cells one cell per column; numbers are formatted with three digits or more
	 * @return this table
	 */
	public Table row(Object... cells) {
		if (cells.length != this.lines.get(0).size()) {
			throw new IllegalArgumentException("%d cells for %s".formatted(cells.length, this.lines.get(0)));
		}
		this.lines.add(List.of(cells).stream().map(Table::format).toList());
		return this;
	}

	/**
	 * Return a number as text.
	 * @param cell a number, or anything else
	 * @return the text
	 */
	static String format(Object cell) {
		if (!(cell instanceof Number number)) {
			return cell.toString();
		}
		double value = number.doubleValue();
		boolean whole = Math.abs(value) >= 100 || number instanceof Integer || number instanceof Long;
		int digits = whole ? 0 : (Math.abs(value) >= 10) ? 1 : 2;
		return String.format(Locale.ROOT, "%,." + digits + "f", value);
	}

	/**
	 * Return the table in Markdown, readable as it is.
	 * @return the lines
	 */
	String toMarkdown() {
		List<Integer> widths = IntStream.range(0, this.lines.get(0).size())
			.mapToObj((column) -> this.lines.stream().mapToInt((line) -> line.get(column).length()).max().orElse(0))
			.toList();
		List<String> rows = new ArrayList<>(this.lines.stream().map((line) -> toRow(line, widths)).toList());
		rows.add(1,
				widths.stream()
					.map((width) -> (width == widths.get(0)) ? "-".repeat(width + 2) : "-".repeat(width + 1) + ":")
					.collect(Collectors.joining("|", "|", "|")));
		return String.join("\n", rows) + "\n";
	}

	private static String toRow(List<String> line, List<Integer> widths) {
		return IntStream.range(0, line.size())
			.mapToObj((column) -> pad(line.get(column), widths.get(column), column == 0))
			.collect(Collectors.joining(" | ", "| ", " |"));
	}

	private static String pad(String cell, int width, boolean left) {
		String space = " ".repeat(width - cell.length());
		return left ? cell + space : space + cell;
	}

}
