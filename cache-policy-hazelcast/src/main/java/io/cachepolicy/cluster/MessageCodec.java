package io.cachepolicy.cluster;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.cachepolicy.cluster.KeyCodec.UnreadableKeyException;
import io.cachepolicy.cluster.Message.Change;
import io.cachepolicy.cluster.Message.Changes;
import io.cachepolicy.cluster.Message.Echo;
import io.cachepolicy.cluster.Message.Goodbye;
import io.cachepolicy.cluster.Message.Origin;
import io.cachepolicy.cluster.Message.Sign;
import io.cachepolicy.spi.PartName;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads messages. Of a cache whose keys or parts can't be written or read,
 * everything changed.
 * <p>
 * What is added to the format comes as a type of its own, and only in messages that need
 * it: an instance that does not know the type clears, and reads the others.
 */
final class MessageCodec {

	private static final int VERSION = 1;

	private static final int CHANGES = 1;

	private static final int SIGN = 2;

	private static final int GOODBYE = 3;

	/**
	 * Changes, of which each ends with parts.
	 */
	private static final int CHANGES_WITH_PARTS = 4;

	private static final int ALL = -1;

	private static final UUID NO_MEMBER = new UUID(0, 0);

	private static final Log logger = LogFactory.getLog(MessageCodec.class);

	private final KeyCodec keys = new KeyCodec();

	private final KeyTypes types;

	private final Set<String> warned = ConcurrentHashMap.newKeySet();

	/**
	 * Create a codec.
	 * @param types the types of what is read
	 */
	MessageCodec(KeyTypes types) {
		this.types = types;
	}

	byte[] write(Message message) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		DataOutputStream out = new DataOutputStream(bytes);
		try {
			out.writeByte(VERSION);
			int type = typeOf(message);
			out.writeByte(type);
			writeId(message.sender(), out);
			out.writeLong(message.number());
			if (message instanceof Changes changes) {
				writeChanges(changes.changes(), type == CHANGES_WITH_PARTS, out);
			}
			else if (message instanceof Sign sign) {
				writeSign(sign, out);
			}
			return bytes.toByteArray();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static int typeOf(Message message) {
		if (message instanceof Changes changes) {
			return changes.changes().stream().allMatch((change) -> change.parts().isEmpty()) ? CHANGES
					: CHANGES_WITH_PARTS;
		}
		return (message instanceof Sign) ? SIGN : GOODBYE;
	}

	private void writeChanges(List<Change> changes, boolean withParts, DataOutputStream out) throws IOException {
		out.writeInt(changes.size());
		for (Change change : changes) {
			out.writeUTF(change.cacheName());
			byte[] encoded = encode(change, withParts);
			if (encoded != null) {
				out.write(encoded);
			}
			else {
				out.writeInt(ALL);
			}
		}
	}

	private byte @Nullable [] encode(Change change, boolean withParts) {
		List<Object> keys = change.keys();
		if (keys == null) {
			return null;
		}
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		DataOutputStream out = new DataOutputStream(bytes);
		try {
			out.writeInt(keys.size());
			for (Object key : keys) {
				this.keys.write(key, out);
			}
			if (withParts) {
				writeParts(change.parts(), out);
			}
			return bytes.toByteArray();
		}
		catch (IOException | RuntimeException ex) {
			warn(change.cacheName(), "A key of cache '%s' can't be sent to other instances, which clear the whole "
					+ "cache instead. Make keys serializable.", ex);
			return null;
		}
	}

	private void writeParts(List<PartName> parts, DataOutputStream out) throws IOException {
		out.writeInt(parts.size());
		for (PartName part : parts) {
			out.writeUTF(part.kind());
			Object id = part.id();
			out.writeBoolean(id != null);
			if (id != null) {
				this.keys.write(id, out);
			}
		}
	}

	private void warn(String cacheName, String text, Exception ex) {
		if (this.warned.add(cacheName)) {
			logger.warn(text.formatted(cacheName), ex);
		}
	}

	private static void writeSign(Sign sign, DataOutputStream out) throws IOException {
		out.writeLong(sign.time());
		Origin origin = sign.origin();
		out.writeUTF(origin.name());
		out.writeUTF(origin.address());
		writeId((origin.memberId() != null) ? origin.memberId() : NO_MEMBER, out);
		out.writeLong(origin.heartbeat());
		out.writeLong(origin.maxStaleness());
		out.writeInt(origin.unclustered().size());
		for (String name : origin.unclustered()) {
			out.writeUTF(name);
		}
		out.writeInt(sign.echoes().size());
		for (Echo echo : sign.echoes()) {
			writeId(echo.instance(), out);
			out.writeLong(echo.time());
			out.writeLong(echo.number());
		}
	}

	private static void writeId(UUID id, DataOutputStream out) throws IOException {
		out.writeLong(id.getMostSignificantBits());
		out.writeLong(id.getLeastSignificantBits());
	}

	/**
	 * Read a message.
	 * @param bytes the bytes
	 * @return the message
	 * @throws IOException if the bytes are not of this version, or no message
	 */
	Message read(byte[] bytes) throws IOException {
		DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
		int version = in.readByte();
		if (version != VERSION) {
			throw new IOException("Version %d of a message, which is not %d".formatted(version, VERSION));
		}
		int type = in.readByte();
		UUID sender = readId(in);
		long number = in.readLong();
		return switch (type) {
			case CHANGES -> new Changes(sender, number, readChanges(in, false));
			case CHANGES_WITH_PARTS -> new Changes(sender, number, readChanges(in, true));
			case SIGN -> readSign(sender, number, in);
			case GOODBYE -> new Goodbye(sender, number);
			default -> throw new IOException("Unknown type of message: " + type);
		};
	}

	private List<Change> readChanges(DataInputStream in, boolean withParts) throws IOException {
		List<Change> changes = new ArrayList<>();
		for (int i = in.readInt(); i > 0; i--) {
			String cacheName = in.readUTF();
			int count = in.readInt();
			changes.add((count != ALL) ? readChange(cacheName, count, in, withParts) : Change.ofAll(cacheName));
		}
		return changes;
	}

	private Change readChange(String cacheName, int count, DataInputStream in, boolean withParts) throws IOException {
		Reading reading = new Reading(cacheName, in);
		List<Object> keys = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			keys.add(reading.read(() -> this.types.ofKeys(cacheName)));
		}
		List<PartName> parts = new ArrayList<>();
		for (int i = (withParts) ? in.readInt() : 0; i > 0; i--) {
			String kind = in.readUTF();
			parts.add(new PartName(kind,
					(in.readBoolean()) ? reading.read(() -> this.types.ofParts(cacheName, kind)) : null));
		}
		return (reading.complete) ? new Change(cacheName, keys, parts) : Change.ofAll(cacheName);
	}

	private static Sign readSign(UUID sender, long number, DataInputStream in) throws IOException {
		long time = in.readLong();
		String name = in.readUTF();
		String address = in.readUTF();
		UUID memberId = readId(in);
		long heartbeat = in.readLong();
		long maxStaleness = in.readLong();
		List<String> unclustered = new ArrayList<>();
		for (int i = in.readInt(); i > 0; i--) {
			unclustered.add(in.readUTF());
		}
		List<Echo> echoes = new ArrayList<>();
		for (int i = in.readInt(); i > 0; i--) {
			echoes.add(new Echo(readId(in), in.readLong(), in.readLong()));
		}
		return new Sign(sender, number, time, new Origin(name, address, (!memberId.equals(NO_MEMBER)) ? memberId : null,
				heartbeat, maxStaleness, unclustered), echoes);
	}

	private static UUID readId(DataInputStream in) throws IOException {
		return new UUID(in.readLong(), in.readLong());
	}

	/**
	 * Reads keys and ids of one cache.
	 */
	private final class Reading {

		private static final Object NOTHING = new Object();

		private final String cacheName;

		private final DataInputStream in;

		private boolean complete = true;

		Reading(String cacheName, DataInputStream in) {
			this.cacheName = cacheName;
			this.in = in;
		}

		Object read(Supplier<Class<?>> type) throws IOException {
			try {
				return MessageCodec.this.keys.read(type, this.in);
			}
			catch (UnreadableKeyException ex) {
				this.complete = false;
				warn(this.cacheName, "A key of cache '%s' that another instance sent can't be read, so that the whole "
						+ "cache is cleared.", ex);
				return NOTHING;
			}
		}

	}

}
