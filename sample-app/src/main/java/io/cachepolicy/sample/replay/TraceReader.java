package io.cachepolicy.sample.replay;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads a block trace: comma-separated values with the header
 * {@code version,time,op,size,lbn}, where {@code op} is the SCSI command {@code 2a}
 * (write) or {@code 28} (read).
 */
class TraceReader implements Iterator<TraceRequest>, Closeable {

	private static final String HEADER = "version,time,op,size,lbn";

	private static final int GZIP_MAGIC = 0x1f8b;

	private static final int LONGEST_EXCERPT = 60;

	private final Path path;

	private final BufferedReader reader;

	private long line;

	private TraceRequest next;

	/**
	 * Open a trace and read its header.
	 * @param path the file
	 * @throws TraceException if there is no such file, or it is no trace
	 */
	TraceReader(Path path) {
		this.path = path;
		try {
			this.reader = new BufferedReader(new InputStreamReader(open(path), StandardCharsets.ISO_8859_1));
		}
		catch (NoSuchFileException ex) {
			throw new TraceException("%s: there is no such file".formatted(path));
		}
		catch (IOException ex) {
			throw new TraceException("%s: %s".formatted(path, reason(ex)));
		}
		try {
			readHeader();
			this.next = readRequest();
		}
		catch (TraceException ex) {
			close();
			throw ex;
		}
	}

	private static InputStream open(Path path) throws IOException {
		InputStream file = new BufferedInputStream(Files.newInputStream(path));
		try {
			file.mark(2);
			int magic = (file.read() << 8) | file.read();
			file.reset();
			return (magic == GZIP_MAGIC) ? new GZIPInputStream(file) : file;
		}
		catch (IOException ex) {
			file.close();
			throw ex;
		}
	}

	@Override
	public boolean hasNext() {
		return this.next != null;
	}

	@Override
	public TraceRequest next() {
		if (this.next == null) {
			throw new NoSuchElementException();
		}
		TraceRequest request = this.next;
		this.next = readRequest();
		return request;
	}

	@Override
	public void close() {
		try {
			this.reader.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void readHeader() {
		String header = readLine();
		check(header != null, "the file is empty, expected the header '%s'", HEADER);
		check(HEADER.equals(header), "expected the header '%s' but found '%s'", HEADER, header);
	}

	private TraceRequest readRequest() {
		String text = readLine();
		if (text == null) {
			return null;
		}
		String[] columns = text.split(",", -1);
		check(columns.length == 5, "expected 5 columns but found %d in '%s'", columns.length, text);
		return new TraceRequest(this.line, isWrite(columns[2]),
				Math.toIntExact(number("size", columns[3], Integer.MAX_VALUE)),
				number("lbn", columns[4], Long.MAX_VALUE));
	}

	private boolean isWrite(String op) {
		return switch (op) {
			case "2a" -> true;
			case "28" -> false;
			default -> throw failure("unknown op '%s', expected 2a (write) or 28 (read)", op);
		};
	}

	private long number(String column, String text, long max) {
		try {
			long number = Long.parseLong(text);
			check(number >= 0 && number <= max, "%s is out of range: '%s'", column, text);
			return number;
		}
		catch (NumberFormatException ex) {
			throw failure("%s is not a number: '%s'", column, text);
		}
	}

	private String readLine() {
		this.line++;
		try {
			return this.reader.readLine();
		}
		catch (IOException ex) {
			throw failure("%s", reason(ex));
		}
	}

	private static String reason(IOException ex) {
		if (ex instanceof EOFException) {
			return "the gzip data ends too early";
		}
		if (ex instanceof ZipException) {
			return "the gzip data is damaged (%s)".formatted(ex.getMessage());
		}
		return "the file can't be read (%s)".formatted(ex.getMessage());
	}

	private void check(boolean valid, String message, Object... arguments) {
		if (!valid) {
			throw failure(message, arguments);
		}
	}

	private TraceException failure(String message, Object... arguments) {
		for (int i = 0; i < arguments.length; i++) {
			if (arguments[i] instanceof String text) {
				arguments[i] = excerpt(text);
			}
		}
		return new TraceException("%s, line %d: %s".formatted(this.path, this.line, message.formatted(arguments)));
	}

	private static String excerpt(String text) {
		String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
		return (printable.length() > LONGEST_EXCERPT) ? printable.substring(0, LONGEST_EXCERPT) + "..." : printable;
	}

}
