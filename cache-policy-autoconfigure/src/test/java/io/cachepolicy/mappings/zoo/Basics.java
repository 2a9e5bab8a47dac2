package io.cachepolicy.mappings.zoo;

import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Currency;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

import jakarta.persistence.Access;
import jakarta.persistence.AccessType;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.AttributeOverride;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Converter;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.SecondaryTable;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.NaturalId;
import org.hibernate.annotations.SQLRestriction;
import org.hibernate.annotations.SoftDelete;
import org.hibernate.type.SqlTypes;

import org.springframework.data.jpa.repository.JpaRepository;

/**
 * Entities that are one row, or nearly so.
 */
public final class Basics {

	private Basics() {
	}

	public static List<Specimen<?>> specimens() {
		return List.of(Specimen.of(Simple.class, (store) -> new Simple(), Basics::change),
				Specimen.of(Empty.class, (store) -> new Empty(), (entity) -> entity.bytes = new byte[] { 1 }),
				Specimen.of(Enums.class, (store) -> new Enums(), (entity) -> {
					entity.ordinal = Color.GREEN;
					entity.string = null;
				}), Specimen.of(Embedding.class, (store) -> new Embedding(), (entity) -> {
					entity.outer.inner.moment.setTime(3000);
					entity.outer.text = "changed";
					entity.point = new Point(3, List.of("c"));
					entity.none = new Inner();
				}), Specimen.of(Converted.class, (store) -> new Converted(), (entity) -> {
					entity.words.add("three");
					entity.box.content = "changed";
					entity.money = new Money(2, "EUR");
				}), Specimen.of(Arrayed.class, (store) -> new Arrayed(), (entity) -> {
					entity.words[0] = "changed";
					entity.list.add("three");
					entity.numbers = new int[0];
					entity.moments[0].setTime(3000);
				}), Specimen.of(Json.class, (store) -> new Json(), (entity) -> {
					entity.map.put("b", "2");
					entity.bean.content = "changed";
					entity.record = new Tagged("changed", null);
					entity.beans.get(0).content = "changed";
				}), Specimen.of(Property.class, (store) -> new Property(), (entity) -> entity.setTitle("changed")),
				Specimen.of(Mixed.class, (store) -> new Mixed(), (entity) -> entity.setTitle("changed")),
				Specimen.of(Unchangeable.class, (store) -> new Unchangeable(), (entity) -> entity.name = "changed"),
				Specimen.of(Finals.class, (store) -> new Finals(), (entity) -> entity.box.content = "changed"),
				Specimen.of(Serialized.class, (store) -> new Serialized(), (entity) -> entity.value.add("changed")),
				Specimen.of(TwoTables.class, (store) -> new TwoTables(), (entity) -> entity.more = "changed"),
				Specimen.of(Calculated.class, (store) -> new Calculated(), (entity) -> entity.amount = 5),
				Specimen.of(Natural.class, (store) -> new Natural(), (entity) -> entity.name = "changed"),
				Specimen.of(SoftDeleted.class, (store) -> new SoftDeleted(), (entity) -> entity.name = "changed"),
				Specimen.of(Restricted.class, (store) -> new Restricted(), (entity) -> entity.name = "changed"));
	}

	private static void change(Simple entity) {
		entity.number++;
		entity.flag = false;
		entity.amount = new BigDecimal("2.50");
		entity.bytes[0] = 9;
		entity.date.setTime(9000);
		entity.calendar.setTimeInMillis(9000);
		entity.instant = null;
	}

	@Entity(name = "BasicSimple")
	public static class Simple extends Named {

		public int number = 1;

		public long big = 2;

		public boolean flag = true;

		public char letter = 'a';

		public double real = 1.5;

		public Integer integer = 3;

		public Boolean truth = true;

		@Column(precision = 10, scale = 2)
		public BigDecimal amount = new BigDecimal("1.50");

		public BigInteger huge = BigInteger.TEN;

		public Instant instant = Instant.ofEpochSecond(1);

		public LocalDate day = LocalDate.EPOCH;

		public LocalTime time = LocalTime.NOON;

		public LocalDateTime dateTime = LocalDate.EPOCH.atStartOfDay();

		public OffsetDateTime zoned = OffsetDateTime.of(this.dateTime, ZoneOffset.UTC);

		public Duration duration = Duration.ofSeconds(1);

		public UUID uuid = new UUID(1, 2);

		public byte[] bytes = { 1, 2 };

		public char[] characters = { 'a', 'b' };

		public Date date = new Date(1000);

		public Calendar calendar = calendar();

		public Locale locale = Locale.ROOT;

		public Currency currency = Currency.getInstance("CHF");

		private static Calendar calendar() {
			Calendar calendar = new GregorianCalendar(Locale.ROOT);
			calendar.setTimeInMillis(1000);
			return calendar;
		}

		public interface Repository extends JpaRepository<Simple, Long> {

		}

	}

	@Entity(name = "BasicEmpty")
	public static class Empty extends Named {

		public byte[] bytes;

		@Column(name = "empty_date")
		public Date date;

		public Inner inner;

		public String[] words;

		@JdbcTypeCode(SqlTypes.JSON)
		public Map<String, String> json;

		public interface Repository extends JpaRepository<Empty, Long> {

		}

	}

	public enum Color {

		RED, GREEN

	}

	@Entity(name = "BasicEnums")
	public static class Enums extends Named {

		@Enumerated
		public Color ordinal = Color.RED;

		@Enumerated(EnumType.STRING)
		public Color string = Color.RED;

		public interface Repository extends JpaRepository<Enums, Long> {

		}

	}

	@Embeddable
	public static class Inner {

		public Date moment = new Date(1000);

		@Column(name = "inner_bytes")
		public byte[] bytes = { 1 };

	}

	@Embeddable
	public static class Outer {

		public String text = "outer";

		@Embedded
		public Inner inner = new Inner();

	}

	@Embeddable
	public record Point(int x, List<String> labels) {

	}

	@Entity(name = "BasicEmbedding")
	public static class Embedding extends Named {

		@Embedded
		public Outer outer = new Outer();

		@Embedded
		public Point point = new Point(1, new ArrayList<>(List.of("a", "b")));

		@Embedded
		@AttributeOverride(name = "moment", column = @Column(name = "none_moment"))
		@AttributeOverride(name = "bytes", column = @Column(name = "none_bytes"))
		public Inner none;

		public interface Repository extends JpaRepository<Embedding, Long> {

		}

	}

	public static class Box implements Serializable {

		private static final long serialVersionUID = 1L;

		public String content = "box";

	}

	public record Money(long amount, String currency) {

	}

	@Converter
	public static class WordsConverter implements AttributeConverter<List<String>, String> {

		@Override
		public String convertToDatabaseColumn(List<String> words) {
			return (words != null) ? String.join(",", words) : null;
		}

		@Override
		public List<String> convertToEntityAttribute(String text) {
			return (text != null) ? new ArrayList<>(Arrays.asList(text.split(","))) : null;
		}

	}

	@Converter
	public static class BoxConverter implements AttributeConverter<Box, String> {

		@Override
		public String convertToDatabaseColumn(Box box) {
			return (box != null) ? box.content : null;
		}

		@Override
		public Box convertToEntityAttribute(String text) {
			if (text == null) {
				return null;
			}
			Box box = new Box();
			box.content = text;
			return box;
		}

	}

	@Converter(autoApply = true)
	public static class MoneyConverter implements AttributeConverter<Money, String> {

		@Override
		public String convertToDatabaseColumn(Money money) {
			return (money != null) ? money.amount() + " " + money.currency() : null;
		}

		@Override
		public Money convertToEntityAttribute(String text) {
			String[] parts = (text != null) ? text.split(" ") : null;
			return (parts != null) ? new Money(Long.parseLong(parts[0]), parts[1]) : null;
		}

	}

	@Entity(name = "BasicConverted")
	public static class Converted extends Named {

		@Convert(converter = WordsConverter.class)
		public List<String> words = new ArrayList<>(List.of("one", "two"));

		@Convert(converter = BoxConverter.class)
		public Box box = new Box();

		public Money money = new Money(1, "CHF");

		public interface Repository extends JpaRepository<Converted, Long> {

		}

	}

	@Entity(name = "BasicArrayed")
	public static class Arrayed extends Named {

		public String[] words = { "one", "two" };

		public List<String> list = new ArrayList<>(List.of("one", "two"));

		public int[] numbers = { 1, 2 };

		public Date[] moments = { new Date(1000) };

		public interface Repository extends JpaRepository<Arrayed, Long> {

		}

	}

	public record Tagged(String title, Color color) {

	}

	@Entity(name = "BasicJson")
	public static class Json extends Named {

		@JdbcTypeCode(SqlTypes.JSON)
		public Map<String, String> map = new HashMap<>(Map.of("a", "1"));

		@JdbcTypeCode(SqlTypes.JSON)
		public Box bean = new Box();

		@JdbcTypeCode(SqlTypes.JSON)
		public Tagged record = new Tagged("title", Color.RED);

		@JdbcTypeCode(SqlTypes.JSON)
		public List<Box> beans = new ArrayList<>(List.of(new Box()));

		public interface Repository extends JpaRepository<Json, Long> {

		}

	}

	@Entity(name = "BasicProperty")
	public static class Property {

		private Long id = Specimen.nextId();

		private String text = "new";

		private Date when = new Date(1000);

		@Id
		public Long getId() {
			return this.id;
		}

		public void setId(Long id) {
			this.id = id;
		}

		public String getTitle() {
			return this.text;
		}

		public void setTitle(String title) {
			this.text = title;
		}

		public Date getMoment() {
			return this.when;
		}

		public void setMoment(Date moment) {
			this.when = moment;
		}

		public interface Repository extends JpaRepository<Property, Long> {

		}

	}

	@Entity(name = "BasicMixed")
	@Access(AccessType.FIELD)
	public static class Mixed extends Named {

		@jakarta.persistence.Transient
		private StringBuilder text = new StringBuilder("new");

		@Access(AccessType.PROPERTY)
		public String getTitle() {
			return this.text.toString();
		}

		public void setTitle(String title) {
			this.text = new StringBuilder(title);
		}

		public interface Repository extends JpaRepository<Mixed, Long> {

		}

	}

	@Entity(name = "BasicUnchangeable")
	@Immutable
	public static class Unchangeable extends Named {

		public interface Repository extends JpaRepository<Unchangeable, Long> {

		}

	}

	@Entity(name = "BasicFinals")
	public static class Finals extends Named {

		public final String code;

		@Convert(converter = BoxConverter.class)
		public final Box box = new Box();

		protected Finals(String code) {
			this.code = code;
		}

		public Finals() {
			this("code");
		}

		public interface Repository extends JpaRepository<Finals, Long> {

		}

	}

	@Entity(name = "BasicSerialized")
	public static class Serialized extends Named {

		public ArrayList<String> value = new ArrayList<>(List.of("one"));

		public interface Repository extends JpaRepository<Serialized, Long> {

		}

	}

	@Entity(name = "BasicTwoTables")
	@SecondaryTable(name = "basic_second_table")
	public static class TwoTables extends Named {

		@Column(table = "basic_second_table")
		public String more = "more";

		public interface Repository extends JpaRepository<TwoTables, Long> {

		}

	}

	@Entity(name = "BasicCalculated")
	public static class Calculated extends Named {

		public int amount = 2;

		@Formula("amount * 2")
		public Integer twice;

		public interface Repository extends JpaRepository<Calculated, Long> {

		}

	}

	@Entity(name = "BasicNatural")
	public static class Natural extends Named {

		@NaturalId
		public String code = "code" + this.id;

		public interface Repository extends JpaRepository<Natural, Long> {

		}

	}

	@Entity(name = "BasicSoftDeleted")
	@SoftDelete
	public static class SoftDeleted extends Named {

		public interface Repository extends JpaRepository<SoftDeleted, Long> {

		}

	}

	@Entity(name = "BasicRestricted")
	@SQLRestriction("name <> 'hidden'")
	public static class Restricted extends Named {

		public interface Repository extends JpaRepository<Restricted, Long> {

		}

	}

}
