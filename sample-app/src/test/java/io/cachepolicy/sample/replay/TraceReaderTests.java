package io.cachepolicy.sample.replay;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TraceReaderTests {

	private static final String HEADER = "version,time,op,size,lbn\n";

	private static final String WRITE = "1,5633898,2a,512,42932745\n";

	private static final String READ = "1,5633899,28,4096,17\n";

	@TempDir
	private Path directory;

	@Test
	void readsRequests() throws IOException {
		assertThat(read(bytes(HEADER + WRITE + READ))).containsExactly(new TraceRequest(2, true, 512, 42932745),
				new TraceRequest(3, false, 4096, 17));
	}

	@Test
	void readsCompressedRequests() throws IOException {
		assertThat(read(gzip(bytes(HEADER + WRITE)))).containsExactly(new TraceRequest(2, true, 512, 42932745));
	}

	@Test
	void readsHeaderAlone() throws IOException {
		assertThat(read(bytes(HEADER))).isEmpty();
	}

	@Test
	void failsWhenFileDoesNotExist() {
		assertThatExceptionOfType(TraceException.class)
			.isThrownBy(() -> new TraceFile(this.directory.resolve("missing.csv")).requests())
			.withMessageContaining("missing.csv: there is no such file");
	}

	@Test
	void failsWhenFileIsADirectory() {
		assertThatExceptionOfType(TraceException.class).isThrownBy(() -> new TraceFile(this.directory).requests())
			.withMessageContaining("can't be read");
	}

	@Test
	void failsWhenFileIsEmpty() {
		assertFails(new byte[0], "line 1: the file is empty");
	}

	@Test
	void failsWhenHeaderIsMissing() {
		assertFails(bytes(WRITE), "line 1: expected the header 'version,time,op,size,lbn' but found '1,5633898,");
	}

	@Test
	void failsWhenFileIsBinary() {
		byte[] bytes = new byte[1000];
		new Random(1).nextBytes(bytes);
		assertFails(bytes, "line 1: expected the header");
	}

	@Test
	void failsWhenColumnIsMissing() {
		assertFails(bytes(HEADER + WRITE + "1,2,2a,512\n"), "line 3: expected 5 columns but found 4 in '1,2,2a,512'");
	}

	@Test
	void failsWhenColumnIsTooMuch() {
		assertFails(bytes(HEADER + "1,2,2a,512,1,\n"), "line 2: expected 5 columns but found 6");
	}

	@Test
	void failsWhenLineIsEmpty() {
		assertFails(bytes(HEADER + WRITE + "\n" + READ), "line 3: expected 5 columns but found 1");
	}

	@Test
	void failsWhenOperationIsUnknown() {
		assertFails(bytes(HEADER + WRITE + READ + "1,2,35,512,1\n"), "line 4: unknown op '35'");
	}

	@Test
	void failsWhenBlockIsNotANumber() {
		assertFails(bytes(HEADER + "1,2,2a,512,%s\n"), "line 2: lbn is not a number: '%s'");
	}

	@Test
	void failsWhenBlockIsNegative() {
		assertFails(bytes(HEADER + "1,2,2a,512,-1\n"), "line 2: lbn is out of range: '-1'");
	}

	@Test
	void failsWhenSizeIsTooLarge() {
		assertFails(bytes(HEADER + "1,2,2a,2147483648,1\n"), "line 2: size is out of range: '2147483648'");
	}

	@Test
	void failsWhenCompressedFileIsTruncated() throws IOException {
		byte[] bytes = gzip(bytes(HEADER + WRITE.repeat(3)));
		assertFails(Arrays.copyOf(bytes, bytes.length - 8), "line 5: the gzip data ends too early");
		assertFails(Arrays.copyOf(bytes, 5), "the gzip data ends too early");
	}

	@Test
	void failsWhenCompressedFileIsDamaged() throws IOException {
		byte[] bytes = gzip(bytes(HEADER + WRITE.repeat(3)));
		bytes[bytes.length - 7]++;
		assertFails(bytes, "line 5: the gzip data is damaged");
	}

	private void assertFails(byte[] content, String message) {
		assertThatExceptionOfType(TraceException.class).isThrownBy(() -> read(content)).withMessageContaining(message);
	}

	private List<TraceRequest> read(byte[] content) throws IOException {
		Path file = Files.write(this.directory.resolve("trace"), content);
		try (Stream<TraceRequest> requests = new TraceFile(file).requests()) {
			return requests.toList();
		}
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

	private static byte[] gzip(byte[] bytes) throws IOException {
		ByteArrayOutputStream compressed = new ByteArrayOutputStream();
		try (OutputStream gzip = new GZIPOutputStream(compressed)) {
			gzip.write(bytes);
		}
		return compressed.toByteArray();
	}

}
