package io.cachepolicy.cluster;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputFilter.FilterInfo;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.core.ConfigurableObjectInputStream;
import org.springframework.util.ClassUtils;

/**
 * Writes and reads keys. Usual ids have a form of their own, others are serialized by
 * Java, as is a text that UTF-8 can't hold. Bytes that were received create no classes
 * but values of the JDK, and those of which the keys of the cache consist.
 */
final class KeyCodec {

	private static final int LONG = 1;

	private static final int INTEGER = 2;

	private static final int STRING = 3;

	private static final int UUID_KEY = 4;

	private static final int SERIALIZED = 5;

	private static final int MAX_LENGTH = 1 << 20;

	private static final int MAX_DEPTH = 10;

	private static final Set<String> VALUE_PACKAGES = Set.of("java.math", "java.time", "java.sql");

	private static final Set<Class<?>> VALUE_TYPES = Set.of(Object.class, Number.class, Enum.class, UUID.class,
			java.util.Date.class, String.class, SimpleKey.class);

	/**
	 * Write a key.
	 * @param key the key
	 * @param out takes the bytes
	 * @throws IOException if the key can't be serialized
	 */
	void write(Object key, DataOutputStream out) throws IOException {
		if (key instanceof Long number) {
			out.writeByte(LONG);
			out.writeLong(number);
		}
		else if (key instanceof Integer number) {
			out.writeByte(INTEGER);
			out.writeInt(number);
		}
		else if (key instanceof String text && StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
			out.writeByte(STRING);
			writeBytes(text.getBytes(StandardCharsets.UTF_8), out);
		}
		else if (key instanceof UUID uuid) {
			out.writeByte(UUID_KEY);
			out.writeLong(uuid.getMostSignificantBits());
			out.writeLong(uuid.getLeastSignificantBits());
		}
		else {
			out.writeByte(SERIALIZED);
			writeBytes(serialize(key), out);
		}
	}

	private static void writeBytes(byte[] bytes, DataOutputStream out) throws IOException {
		if (bytes.length > MAX_LENGTH) {
			throw new IOException("A key of %d bytes is too long".formatted(bytes.length));
		}
		out.writeInt(bytes.length);
		out.write(bytes);
	}

	private static byte[] serialize(Object key) throws IOException {
		if (!(key instanceof Serializable)) {
			throw new IOException("Class %s is not serializable".formatted(key.getClass().getName()));
		}
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
			out.writeObject(key);
		}
		return bytes.toByteArray();
	}

	/**
	 * Read a key.
	 * @param type yields the type of the keys, {@code Object} if it is not known
	 * @param in the bytes
	 * @return the key
	 * @throws UnreadableKeyException if this key can't be read, and the next one can
	 * @throws IOException if the bytes are no keys
	 */
	Object read(Supplier<Class<?>> type, DataInputStream in) throws IOException {
		int form = in.readByte();
		return switch (form) {
			case LONG -> in.readLong();
			case INTEGER -> in.readInt();
			case STRING -> new String(readBytes(in), StandardCharsets.UTF_8);
			case UUID_KEY -> new UUID(in.readLong(), in.readLong());
			case SERIALIZED -> deserialize(type.get(), readBytes(in));
			default -> throw new IOException("Unknown form of a key: " + form);
		};
	}

	private static byte[] readBytes(DataInputStream in) throws IOException {
		int length = in.readInt();
		if (length < 0 || length > MAX_LENGTH) {
			throw new IOException("Length of a key out of range: " + length);
		}
		byte[] bytes = in.readNBytes(length);
		if (bytes.length < length) {
			throw new EOFException("A key of %d bytes ends after %d".formatted(length, bytes.length));
		}
		return bytes;
	}

	private static Object deserialize(Class<?> keyType, byte[] bytes) throws UnreadableKeyException {
		ClassLoader classLoader = (keyType.getClassLoader() != null) ? keyType.getClassLoader()
				: ClassUtils.getDefaultClassLoader();
		try (ObjectInputStream in = new ConfigurableObjectInputStream(new ByteArrayInputStream(bytes), classLoader)) {
			in.setObjectInputFilter(new KeyFilter(keyType));
			return in.readObject();
		}
		catch (IOException | ClassNotFoundException | RuntimeException | LinkageError ex) {
			throw new UnreadableKeyException(ex);
		}
	}

	/**
	 * Thrown if a key can't be read.
	 */
	@SuppressWarnings("serial")
	static final class UnreadableKeyException extends InvalidClassException {

		UnreadableKeyException(Throwable cause) {
			super("A key can't be read: %s".formatted(cause.getMessage()));
			initCause(cause);
		}

	}

	/**
	 * Lets values of the JDK through, and classes of which a type of keys consists.
	 */
	private static final class KeyFilter implements ObjectInputFilter {

		private final Set<Class<?>> parts = new HashSet<>(VALUE_TYPES);

		KeyFilter(Class<?> keyType) {
			addParts(keyType);
		}

		private void addParts(Class<?> type) {
			if (type.isPrimitive() || type.getName().startsWith("java.") || !this.parts.add(type)) {
				return;
			}
			for (Class<?> current = type; current != null; current = current.getSuperclass()) {
				this.parts.add(current);
				for (Field field : current.getDeclaredFields()) {
					if (!Modifier.isStatic(field.getModifiers())) {
						addParts(field.getType());
					}
				}
			}
		}

		@Override
		public Status checkInput(FilterInfo info) {
			if (info.depth() > MAX_DEPTH || info.references() > MAX_LENGTH || info.arrayLength() > MAX_LENGTH) {
				return Status.REJECTED;
			}
			Class<?> type = info.serialClass();
			if (type == null) {
				return Status.UNDECIDED;
			}
			while (type.isArray()) {
				type = type.getComponentType();
			}
			boolean allowed = type.isPrimitive() || this.parts.contains(type)
					|| VALUE_PACKAGES.contains(type.getPackageName()) || ClassUtils.isPrimitiveOrWrapper(type);
			return (allowed) ? Status.ALLOWED : Status.REJECTED;
		}

	}

}
