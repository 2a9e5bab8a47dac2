package io.cachepolicy.jpa.codec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.beans.BeanUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What the next version of an application makes of what the last one recorded. Two
 * versions of each class are compiled, and loaded by loaders of their own.
 */
class ChangedEntityTests {

	private static final String UNREADABLE = "unreadable";

	private static final String NONE = "none";

	private static final String SHAPES = """
			@Entity class Box { @Id Long id = 1L; String name = "box"; }
			@Entity class Crate { @Id Long id = 1L; String name = "crate"; }
			enum Size { SMALL, LARGE }
			@Embeddable class Street { String name = "street"; %s public String toString() { return name + %s; } }
			""";

	/**
	 * What a class declares before and after, and what its attribute "value" is then.
	 */
	private static final List<Row> ROWS = List.of(
			row("came with a value", "", "String value = \"initial\";", "initial"),
			row("came without a value", "", "String value;", "null"),
			row("came as a primitive", "", "int value = 7;", "7"),
			row("came as an association", "", "@ManyToOne Box value;", "null"),
			row("came as a collection", "", "@ElementCollection List<String> value = new ArrayList<>(List.of(\"a\"));",
					"[a]"),
			row("version came", "", "@Version Integer value;", "null"),
			row("version came as a primitive", "", "@Version long value;", "0"),
			row("version came as a time", "", "@Version Instant value;", "null"),
			row("version came in the place of an attribute", "Integer value = 7;", "@Version Integer value;", "7"),
			row("version went", "@Version Integer value = 7;", "", NONE),
			row("version is an attribute now", "@Version Integer value = 7;", "Integer value;", "7"),
			row("version of a new instance", "@Version Integer value;", "@Version Long value;", "null"),
			row("version int to long", "@Version int value = 7;", "@Version long value;", "7"),
			row("version Integer to Short", "@Version Integer value = 7;", "@Version Short value;", "7"),
			row("version Long to Integer, too large", "@Version Long value = 5000000000L;", "@Version Integer value;",
					UNREADABLE),
			row("version number to time", "@Version Integer value = 7;", "@Version Instant value;", UNREADABLE),
			row("version time to number", "@Version Instant value = Instant.ofEpochMilli(5);", "@Version Long value;",
					UNREADABLE),
			row("version Timestamp to Instant", "@Version java.sql.Timestamp value = new java.sql.Timestamp(5);",
					"@Version Instant value;", "1970-01-01T00:00:00.005Z"),
			row("went", "String value = \"x\";", "", NONE),
			row("association went", "@ManyToOne Box value = new Box();", "", NONE),
			row("association went, another refers to it",
					"@ManyToOne Box first = new Box(); @ManyToOne Box value = first;", "@ManyToOne Box value;",
					"changed.Box"),
			row("association went with its class", "@ManyToOne Gone value = new Gone();", "", NONE),
			row("entities went with their class",
					"@ManyToMany List<Gone> value = new ArrayList<>(List.of(new Gone(), new Gone()));", "", NONE),
			row("association to a class that went", "@ManyToOne Gone value = new Gone();", "@ManyToOne Box value;",
					UNREADABLE),
			row("collection went", "@ElementCollection Set<String> value = new HashSet<>(Set.of(\"a\"));", "", NONE),
			row("renamed", "String old = \"x\";", "String value = \"initial\";", "initial"),
			row("null stays null", "String value;", "String value = \"initial\";", "null"),
			row("int to long", "int value = 5;", "long value;", "5"),
			row("Long to Integer", "Long value = 5L;", "Integer value;", "5"),
			row("Long to Integer, too large", "Long value = 5000000000L;", "Integer value;", UNREADABLE),
			row("Integer to Short", "Integer value = 5;", "Short value;", "5"),
			row("null to a primitive", "Integer value;", "int value = 3;", UNREADABLE),
			row("int to BigDecimal", "int value = 5;", "BigDecimal value;", "5"),
			row("BigDecimal to int", "BigDecimal value = new BigDecimal(\"5.00\");", "int value;", "5"),
			row("BigDecimal to int, fraction", "BigDecimal value = new BigDecimal(\"5.01\");", "int value;",
					UNREADABLE),
			row("BigDecimal to double", "BigDecimal value = new BigDecimal(\"0.1\");", "double value;", "0.1"),
			row("BigDecimal to double, digits", "BigDecimal value = new BigDecimal(\"0.10000000000000000001\");",
					"double value;", UNREADABLE),
			row("float to double", "float value = 0.5f;", "double value;", "0.5"),
			row("double to float", "double value = 0.1;", "float value;", "0.1"),
			row("double to float, digits", "double value = 0.123456789012;", "float value;", UNREADABLE),
			row("double to long", "double value = 5.5;", "long value;", UNREADABLE),
			row("long to BigInteger", "long value = 5;", "BigInteger value;", "5"),
			row("long to boolean", "long value = 1;", "boolean value;", UNREADABLE),
			row("long to Date", "long value = 1;", "Date value;", UNREADABLE),
			row("int to String", "int value = 5;", "String value;", "5"),
			row("String to int", "String value = \"5\";", "int value;", "5"),
			row("String to int, zeros", "String value = \"05\";", "int value;", UNREADABLE),
			row("String to int, words", "String value = \"five\";", "int value;", UNREADABLE),
			row("String to UUID", "String value = \"00000000-0000-0001-0000-000000000002\";", "UUID value;",
					"00000000-0000-0001-0000-000000000002"),
			row("UUID to String", "UUID value = new UUID(1, 2);", "String value;",
					"00000000-0000-0001-0000-000000000002"),
			row("String to UUID, short", "String value = \"0-0-1-0-2\";", "UUID value;", UNREADABLE),
			row("String to char", "String value = \"a\";", "char value;", "a"),
			row("String to char, two", "String value = \"ab\";", "char value;", UNREADABLE),
			row("LocalDate to LocalDateTime", "LocalDate value = LocalDate.of(2026, 1, 2);", "LocalDateTime value;",
					"2026-01-02T00:00"),
			row("LocalDateTime to LocalDate", "LocalDateTime value = LocalDateTime.of(2026, 1, 2, 3, 4);",
					"LocalDate value;", UNREADABLE),
			row("Date to Instant", "Date value = new Date(5);", "Instant value;", "1970-01-01T00:00:00.005Z"),
			row("Date to LocalDateTime", "Date value = java.sql.Timestamp.valueOf(\"2026-01-02 03:04:05\");",
					"LocalDateTime value;", "2026-01-02T03:04:05"),
			row("Instant to Date", "Instant value = Instant.ofEpochMilli(5);", "Date value;",
					"1970-01-01T00:00:00.005Z"),
			row("Instant to Date, nanoseconds", "Instant value = Instant.ofEpochSecond(1, 1);",
					"@Temporal(TemporalType.TIMESTAMP) Calendar value;", UNREADABLE),
			row("OffsetDateTime to Instant",
					"OffsetDateTime value = OffsetDateTime.of(2026, 1, 2, 3, 4, 5, 0, ZoneOffset.UTC);",
					"Instant value;", "2026-01-02T03:04:05Z"),
			row("OffsetDateTime to Instant, offset",
					"OffsetDateTime value = OffsetDateTime.of(2026, 1, 2, 3, 4, 5, 0, ZoneOffset.ofHours(1));",
					"Instant value;", UNREADABLE),
			row("byte[] to String", "byte[] value = { 1 };", "String value;", UNREADABLE),
			row("enum to String", "@Enumerated(EnumType.STRING) Size value = Size.LARGE;", "String value;", "LARGE"),
			row("String to enum", "String value = \"LARGE\";", "@Enumerated(EnumType.STRING) Size value;", "LARGE"),
			row("String to enum, none", "String value = \"HUGE\";", "@Enumerated(EnumType.STRING) Size value;",
					UNREADABLE),
			row("ordinal to name", "@Enumerated(EnumType.ORDINAL) Size value = Size.LARGE;",
					"@Enumerated(EnumType.STRING) Size value;", "LARGE"),
			row("number to association", "Long value = 0L;", "@ManyToOne Number_to_association value;", UNREADABLE),
			row("association to number", "@ManyToOne Box value = new Box();", "Long value;", UNREADABLE),
			row("association to text", "@ManyToOne Box value = new Box();", "String value;", UNREADABLE),
			row("association to another entity", "@ManyToOne Box value = new Box();", "@ManyToOne Crate value;",
					UNREADABLE),
			row("association to a collection", "@ManyToOne Box value = new Box();", "@ManyToMany List<Box> value;",
					UNREADABLE),
			row("elements are other entities", "@ManyToMany List<Box> value = new ArrayList<>(List.of(new Box()));",
					"@ManyToMany List<Crate> value;", UNREADABLE),
			row("attributes of an embeddable", "@Embedded Street value = new Street();", "@Embedded Street value;",
					"street4"),
			row("embeddable to text", "@Embedded Street value = new Street();", "String value;", UNREADABLE),
			row("text to embeddable", "String value = \"a\";", "@Embedded Street value;", UNREADABLE),
			row("text to collection", "String value = \"a\";", "@ElementCollection List<String> value;", UNREADABLE),
			row("decimal to collection", "BigDecimal value = new BigDecimal(\"5.5\");",
					"@ElementCollection List<String> value;", UNREADABLE),
			row("list to set", "@ElementCollection List<String> value = new ArrayList<>(List.of(\"a\"));",
					"@ElementCollection Set<String> value;", "[a]"),
			row("list to set, twice", "@ElementCollection List<String> value = new ArrayList<>(List.of(\"a\", \"a\"));",
					"@ElementCollection Set<String> value;", UNREADABLE),
			row("set to list", "@ElementCollection Set<String> value = new HashSet<>(Set.of(\"a\"));",
					"@ElementCollection List<String> value;", "[a]"),
			row("elements", "@ElementCollection List<Integer> value = new ArrayList<>(List.of(5));",
					"@ElementCollection List<Long> value;", "[5]"),
			row("list to map", "@ElementCollection List<String> value = new ArrayList<>(List.of(\"a\", \"b\"));",
					"@ElementCollection Map<String, String> value;", UNREADABLE),
			row("map to list", "@ElementCollection Map<String, String> value = new HashMap<>(Map.of(\"a\", \"b\"));",
					"@ElementCollection List<String> value;", UNREADABLE),
			row("class went", "String value = \"x\";", null, UNREADABLE));

	private static final String IDS_BEFORE = """
			@Entity class Gone { @Id Long id = 1L; @ManyToOne Box box = new Box(); BigDecimal number = BigDecimal.ONE; }
			@Entity @IdClass(Pair.Key.class) class Pair { @Id Long a = 1L; @Id Long b = 2L;
				static class Key implements Serializable { Long a; Long b; } }
			@Entity class Place { @EmbeddedId Point id = new Point(); }
			@Embeddable class Point implements Serializable { Long x = 1L; }
			@Entity class Same { @EmbeddedId Point id = new Point(); String value = "x"; }
			""";

	private static final String IDS_AFTER = """
			@Entity @IdClass(Pair.Key.class) class Pair { @Id Long b; @Id Long c;
				static class Key implements Serializable { Long b; Long c; } }
			@Entity class Place { @EmbeddedId Spot id; }
			@Embeddable class Spot implements Serializable { Long x; Long y = 3L; }
			@Embeddable class Point implements Serializable { Integer x; }
			@Entity class Same { @EmbeddedId Point id; String value; }
			""";

	private static Version before;

	private static Version after;

	@BeforeAll
	static void compile(@TempDir Path directory) throws Exception {
		before = new Version(directory.resolve("before"), source(Row::before, IDS_BEFORE, "String gone = \"1\";", "1"));
		after = new Version(directory.resolve("after"), source(Row::after, IDS_AFTER, "int number = 4;", "number"));
	}

	@AfterAll
	static void close() throws IOException {
		before.close();
		after.close();
	}

	static List<Row> rows() {
		return ROWS;
	}

	private static Row row(String name, String before, @Nullable String after, String expected) {
		return new Row(name, before, after, expected);
	}

	private static String source(java.util.function.Function<Row, @Nullable String> version, String ids, String part,
			String print) {
		StringBuilder source = new StringBuilder(
				"""
						package changed;
						import jakarta.persistence.*; import java.io.*; import java.math.*; import java.time.*; import java.util.*;
						""");
		source.append(SHAPES.formatted(part, print)).append(ids);
		for (Row row : ROWS) {
			String declaration = version.apply(row);
			if (declaration != null) {
				source.append("@Entity class %s { @Id Long id = 1L; String other = \"other\"; %s }%n"
					.formatted(row.className(), declaration));
			}
		}
		return source.toString();
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("rows")
	@DisplayName("D5: what a changed class can't hold without loss can't be read")
	void changedAttribute(Row row) throws ReflectiveOperationException {
		byte[] bytes = before.encode(row.className());
		if (row.expected().equals(UNREADABLE)) {
			assertThatIllegalArgumentException().isThrownBy(() -> after.decode(row.className(), bytes));
			return;
		}
		Object decoded = after.decode(row.className(), bytes);
		assertThat(read(decoded, "other")).isEqualTo("other");
		if (row.expected().equals(NONE)) {
			assertThat(ReflectionUtils.findField(decoded.getClass(), "value")).isNull();
		}
		else {
			Object value = read(decoded, "value");
			// Of Hibernate's types for a date, each has another text
			assertThat(String.valueOf((value instanceof Date date) ? Instant.ofEpochMilli(date.getTime()) : value))
				.startsWith(row.expected());
		}
	}

	private static @Nullable Object read(Object entity, String name) throws ReflectiveOperationException {
		Field field = entity.getClass().getDeclaredField(name);
		field.setAccessible(true);
		return field.get(entity);
	}

	@Test
	@DisplayName("D5: an id is never read in part, nor by the order of its attributes")
	void changedId() {
		Stream.of("Pair", "Place").forEach((name) -> {
			byte[] bytes = before.encode(name);
			assertThatIllegalArgumentException().isThrownBy(() -> after.decode(name, bytes))
				.withStackTraceContaining("id");
		});
		assertThat(after.decode("Same", before.encode("Same"))).extracting("value").isEqualTo("x");
	}

	@Test
	@DisplayName("D5: an id alone is converted as an attribute is")
	void idAlone() {
		EntityCodec codec = before.codec("Box");
		assertThat(after.codec("Box").decode(codec.encode(5L))).isEqualTo(5L);
	}

	/**
	 * A class in two versions.
	 *
	 * @param name what has changed
	 * @param before what it declares first
	 * @param after what it declares then, {@code null} if it is gone
	 * @param expected what the attribute "value" is then
	 */
	record Row(String name, String before, @Nullable String after, String expected) {

		String className() {
			String name = this.name.replaceAll("\\W+", "_");
			return Character.toUpperCase(name.charAt(0)) + name.substring(1);
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

	/**
	 * A version of the application.
	 */
	private static final class Version {

		private final URLClassLoader loader;

		private final EntityManagerFactory factory;

		Version(Path directory, String source) throws IOException, ClassNotFoundException {
			Path file = Files.createDirectories(directory).resolve("Changed.java");
			Files.writeString(file, source);
			ByteArrayOutputStream messages = new ByteArrayOutputStream();
			assertThat(ToolProvider.getSystemJavaCompiler()
				.run(null, null, messages, "-proc:none", "-cp", System.getProperty("java.class.path"), "-d",
						directory.toString(), file.toString()))
				.as(messages.toString())
				.isZero();
			this.loader = new URLClassLoader(new URL[] { directory.toUri().toURL() }, getClass().getClassLoader());
			HibernatePersistenceConfiguration configuration = new HibernatePersistenceConfiguration("changed");
			for (Class<?> type : types(directory)) {
				configuration.managedClass(type);
			}
			configuration.properties(Map.of("hibernate.classLoaders", List.of(this.loader), "hibernate.dialect",
					"org.hibernate.dialect.H2Dialect", "hibernate.boot.allow_jdbc_metadata_access", "false"));
			this.factory = configuration.createEntityManagerFactory();
		}

		private List<Class<?>> types(Path directory) throws IOException, ClassNotFoundException {
			List<Class<?>> types = new ArrayList<>();
			try (Stream<Path> files = Files.list(directory.resolve("changed"))) {
				for (Path file : files.sorted().toList()) {
					Class<?> type = type(file.getFileName().toString().replace(".class", ""));
					if (type.isAnnotationPresent(Entity.class)
							|| type.isAnnotationPresent(jakarta.persistence.Embeddable.class)) {
						types.add(type);
					}
				}
			}
			return types;
		}

		private Class<?> type(String name) throws ClassNotFoundException {
			return ClassUtils.forName("changed." + name, this.loader);
		}

		EntityCodec codec(String name) {
			try {
				return new EntityCodec(this.factory, type(name));
			}
			catch (ClassNotFoundException ex) {
				throw new IllegalArgumentException("There is no entity " + name, ex);
			}
		}

		byte[] encode(String name) {
			try {
				return codec(name).encode(BeanUtils.instantiateClass(type(name)));
			}
			catch (ClassNotFoundException ex) {
				throw new IllegalStateException(ex);
			}
		}

		/**
		 * Decode by the codec of a class, by that of another one if it is gone.
		 */
		Object decode(String name, byte[] bytes) {
			boolean there = this.factory.getMetamodel()
				.getEntities()
				.stream()
				.anyMatch((entity) -> Objects.equals(entity.getName(), name));
			return codec((there) ? name : "Box").decode(bytes);
		}

		void close() throws IOException {
			this.factory.close();
			this.loader.close();
		}

	}

}
