package io.cachepolicy.cluster;

import java.io.IOException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

import io.cachepolicy.cluster.Message.Change;
import io.cachepolicy.cluster.Message.Changes;
import io.cachepolicy.cluster.Message.Echo;
import io.cachepolicy.cluster.Message.Goodbye;
import io.cachepolicy.cluster.Message.Origin;
import io.cachepolicy.cluster.Message.Sign;
import io.cachepolicy.spi.PartName;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.cache.interceptor.SimpleKey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MessageCodec} and {@link KeyCodec}.
 */
class MessageCodecTests {

	private static final UUID SENDER = UUID.randomUUID();

	private final MessageCodec codec = new MessageCodec(new Types());

	private static Change change(String cacheName, List<Object> keys, PartName... parts) {
		return new Change(cacheName, keys, List.of(parts));
	}

	private Message copy(Message message) throws IOException {
		return this.codec.read(this.codec.write(message));
	}

	private Message copy(String cacheName, Object... keys) throws IOException {
		return copy(new Changes(SENDER, 1, List.of(change(cacheName, List.of(keys)))));
	}

	@Test
	void messagesAreReadAsTheyWereWritten() throws IOException {
		Sign sign = new Sign(SENDER, 7, -3, new Origin("name", "host:1", UUID.randomUUID(), 2, 10, List.of("a")),
				List.of(new Echo(UUID.randomUUID(), -1, 9)));
		Sign bare = new Sign(SENDER, 0, 0, new Origin("", "", null, 1, 3, List.of()), List.of());
		Goodbye goodbye = new Goodbye(SENDER, Long.MAX_VALUE);
		Changes changes = new Changes(SENDER, 8,
				List.of(Change.ofAll("all"), change("some", List.of(1L, 2, "three", SENDER))));
		Changes parts = new Changes(SENDER, 9,
				List.of(change("keys", List.of(1L)), Change.ofAll("all"),
						change("parts", List.of(), new PartName("any", null), new PartName("one", 1L)),
						change("both", List.of("key"), new PartName("one", SENDER))));
		assertThat(copy(parts)).isEqualTo(parts);
		assertThat(copy(sign)).isEqualTo(sign);
		assertThat(copy(bare)).isEqualTo(bare);
		assertThat(copy(goodbye)).isEqualTo(goodbye);
		assertThat(copy(changes)).isEqualTo(changes);
	}

	@Test
	void keysOfAnyTypeThatTheReceiverKnowsAreReadAsTheyWereWritten() throws IOException {
		LineId line = new LineId(new OrderId("order", LocalDate.EPOCH), 3, Kind.SECOND);
		assertThat(copy("lines", line)).isEqualTo(new Changes(SENDER, 1, List.of(change("lines", List.of(line)))));
		Object[] values = { (short) 1, 'c', true, new BigDecimal("1.50"), LocalDate.EPOCH, new java.sql.Date(0),
				new SimpleKey("a", 1L, List.class.getName()), "long".repeat(100), "half of a pair \ud83d",
				new SimpleKey("\ude00") };
		assertThat(copy("pages", values))
			.isEqualTo(new Changes(SENDER, 1, List.of(change("pages", Arrays.asList(values)))));
	}

	@Test
	@DisplayName("keys that can't be written mean the whole cache, and other caches are told as they are")
	void keysThatCannotBeWrittenMeanTheWholeCache() throws IOException {
		Changes changes = new Changes(SENDER, 1,
				List.of(change("odd", List.of(1L, new Object())), change("even", List.of(2L))));
		assertThat(copy(changes))
			.isEqualTo(new Changes(SENDER, 1, List.of(Change.ofAll("odd"), change("even", List.of(2L)))));
	}

	@Test
	@DisplayName("no class is made of received bytes that no key of the cache can have")
	void classesThatNoKeyHasAreNotMade() throws IOException {
		Created.count = 0;
		Changes changes = new Changes(SENDER, 1,
				List.of(change("lines", List.of(new Created())), change("pages", List.of(2L))));
		assertThat(copy(changes))
			.isEqualTo(new Changes(SENDER, 1, List.of(Change.ofAll("lines"), change("pages", List.of(2L)))));
		assertThat(Created.count).isZero();
		assertThat(copy("lines", new java.util.ArrayList<>(List.of(new Created()))))
			.isEqualTo(new Changes(SENDER, 1, List.of(Change.ofAll("lines"))));
	}

	@Test
	@DisplayName("ids of parts may be of other types than the keys of the cache")
	void idsOfPartsAreReadAsTheyWereWritten() throws IOException {
		LineId line = new LineId(new OrderId("order", LocalDate.EPOCH), 3, Kind.SECOND);
		Changes parts = new Changes(SENDER, 1, List.of(change("pages", List.of(), new PartName("lines", line))));
		assertThat(copy(parts)).isEqualTo(parts);
		assertThat(copy(new Changes(SENDER, 1,
				List.of(change("lines", List.of(line), new PartName("others", line)), change("even", List.of(2L))))))
			.isEqualTo(new Changes(SENDER, 1, List.of(Change.ofAll("lines"), change("even", List.of(2L)))));
		assertThat(copy(new Changes(SENDER, 1, List.of(change("odd", List.of(), new PartName("one", new Object()))))))
			.isEqualTo(new Changes(SENDER, 1, List.of(Change.ofAll("odd"))));
	}

	@Test
	@DisplayName("C3: changes without parts are written as an instance without them reads them, others so that it clears")
	void changesWithPartsAreOfAnotherType() {
		UUID sender = new UUID(1, 2);
		byte[] bytes = this.codec.write(new Changes(sender, 3, List.of(Change.ofAll("a"), change("b", List.of(4L)))));
		assertThat(HexFormat.of().formatHex(bytes))
			.isEqualTo("0101" + "0000000000000001" + "0000000000000002" + "0000000000000003" + "00000002" + "000161"
					+ "ffffffff" + "000162" + "00000001" + "01" + "0000000000000004");
		bytes = this.codec.write(new Changes(sender, 3, List.of(change("b", List.of(), new PartName("c", null)))));
		assertThat(HexFormat.of().formatHex(bytes)).isEqualTo("0104" + "0000000000000001" + "0000000000000002"
				+ "0000000000000003" + "00000001" + "000162" + "00000000" + "00000001" + "000163" + "00");
	}

	@Test
	@DisplayName("C3: a message that ends too early is refused, wherever it ends")
	void everyCutIsNoticed() {
		LineId line = new LineId(new OrderId("order", LocalDate.EPOCH), 3, Kind.SECOND);
		byte[] message = this.codec
			.write(new Changes(SENDER, 1, List.of(change("pages", List.of(1L, SENDER), new PartName("lines", "id")),
					change("lines", List.of(line)), change("pages", List.of("text"), new PartName("pages", "last")))));
		for (int length = 0; length < message.length; length++) {
			byte[] cut = Arrays.copyOf(message, length);
			assertThatExceptionOfType(IOException.class).as("after %d bytes", length)
				.isThrownBy(() -> this.codec.read(cut));
		}
	}

	@Test
	void whatIsNoMessageIsRefused() {
		byte[] message = this.codec.write(new Goodbye(SENDER, 1));
		message[0] = 2;
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.codec.read(message))
			.withMessageContaining("Version 2");
		byte[] cut = Arrays.copyOf(this.codec.write(new Goodbye(SENDER, 1)), 10);
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.codec.read(cut));
		byte[] unknown = this.codec.write(new Goodbye(SENDER, 1));
		unknown[1] = 9;
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.codec.read(unknown));
	}

	record OrderId(String name, LocalDate day) implements Serializable {

	}

	record LineId(OrderId order, int line, Kind kind) implements Serializable {

	}

	enum Kind {

		FIRST, SECOND

	}

	@SuppressWarnings("serial")
	static class Created implements Serializable {

		private static int count;

		private void readObject(java.io.ObjectInputStream in) {
			count++;
		}

	}

	/**
	 * Cache "lines", and parts of that kind, have keys of their own.
	 */
	private static final class Types implements KeyTypes {

		@Override
		public Class<?> ofKeys(String cacheName) {
			return (cacheName.equals("lines")) ? LineId.class : Object.class;
		}

		@Override
		public Class<?> ofParts(String cacheName, String kind) {
			return ofKeys(kind);
		}

	}

}
