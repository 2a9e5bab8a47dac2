package io.cachepolicy.jpa.listen;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import io.cachepolicy.jpa.aggregate.Aggregates;
import io.cachepolicy.jpa.aggregate.Part;
import io.cachepolicy.spi.PartName;
import io.cachepolicy.spi.PartRange;
import io.cachepolicy.spi.RowChanges;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.util.SerializationUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GraphParts}: what one instance tells of parts, and what another one
 * with the same mapping makes of it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GraphPartsTests {

	private static final String NAME = GraphPartsTests.class.getName() + "$";

	private final EntityManagerFactory factory = createFactory();

	private final EntityManagerFactory otherFactory = createFactory();

	private GraphParts parts;

	private GraphParts others;

	private static EntityManagerFactory createFactory() {
		HibernatePersistenceConfiguration configuration = new HibernatePersistenceConfiguration("parts");
		List.of(Root.class, Plain.class, Embedded.class, Classed.class, Derived.class, Bare.class, Card.class)
			.forEach(configuration::managedClass);
		configuration.properties(Map.of("hibernate.dialect", "org.hibernate.dialect.H2Dialect",
				"hibernate.boot.allow_jdbc_metadata_access", "false"));
		return configuration.createEntityManagerFactory();
	}

	@BeforeAll
	void start() {
		this.parts = partsOf(this.factory);
		this.others = partsOf(this.otherFactory);
	}

	private static GraphParts partsOf(EntityManagerFactory factory) {
		return new GraphParts(new Aggregates(factory.unwrap(SessionFactoryImplementor.class)));
	}

	@AfterAll
	void close() {
		this.factory.close();
		this.otherFactory.close();
	}

	/**
	 * Return a row of each kind of id.
	 * @return the rows
	 */
	static Stream<Object> rows() {
		return Stream.of(new Plain(), new Embedded(), new Classed(), new Derived());
	}

	private static Root rootOf(Object row) {
		Root root = new Root();
		root.plain = (row instanceof Plain plain) ? plain : null;
		root.embedded = (row instanceof Embedded embedded) ? embedded : null;
		root.classed = (row instanceof Classed classed) ? classed : null;
		root.derived = (row instanceof Derived derived) ? derived : null;
		root.bare = (row instanceof Bare bare) ? bare : null;
		return root;
	}

	private static PartName copy(PartName name) {
		return new PartName(name.kind(),
				(name.id() instanceof Serializable id) ? SerializationUtils.clone(id) : name.id());
	}

	private Heard tell(PartName... names) {
		Heard heard = new Heard();
		this.others.tell(List.of(names), heard);
		return heard;
	}

	@ParameterizedTest
	@MethodSource("rows")
	@DisplayName("R7: a row of any id is told one by one, and means the same to another instance")
	void rowIsToldOneByOne(Object row) {
		Collection<Object> held = this.others.of(rootOf(row));
		List<PartName> names = this.parts.of(rootOf(row)).stream().map(this.parts::nameOf).toList();
		assertThat(held).isNotEmpty();
		assertThat(names).allSatisfy((name) -> {
			assertThat(name.id()).isNotNull();
			Class<?> type = this.others.idTypeOf(name.kind());
			assertThat(type).isNotEqualTo(Object.class);
			assertThat(name.id()).isInstanceOf(type);
		});
		Heard heard = tell(names.stream().map(GraphPartsTests::copy).toArray(PartName[]::new));
		assertThat(heard.parts).containsExactlyInAnyOrderElementsOf(held);
		assertThat(heard.ranges).isEmpty();
		assertThat(heard.all).isFalse();
	}

	@Test
	@DisplayName("R7: a row that is its own id is told as any row of its entity, as no entity travels")
	void rowThatIsItsOwnIdIsToldAsAny() {
		Object part = this.parts.of(rootOf(new Bare()))
			.stream()
			.filter((held) -> ((Part) held).name().equals(NAME + "Bare"))
			.findFirst()
			.orElseThrow();
		assertThat(this.parts.nameOf(part)).isEqualTo(new PartName(NAME + "Bare", null));
		Heard heard = tell(this.parts.nameOf(part));
		assertThat(heard.covers(this.others.of(rootOf(new Bare())))).isTrue();
		assertThat(heard.covers(this.others.of(rootOf(new Plain())))).isFalse();
	}

	@Test
	@DisplayName("R7: associations are told by the ids of their owners: collections, and references from the other side")
	void associationsAreTold() {
		Root root = new Root();
		root.plains = new ArrayList<>();
		Collection<Object> held = this.others.of(root);
		assertThat(held).hasSize(2);
		Heard heard = tell(this.parts.of(root).stream().map(this.parts::nameOf).toArray(PartName[]::new));
		assertThat(heard.parts).containsExactlyInAnyOrderElementsOf(held);
		assertThat(this.others.idTypeOf(Root.class.getName() + ".plains")).isEqualTo(Long.class);
		assertThat(this.others.idTypeOf(Root.class.getName() + ".card")).isEqualTo(Long.class);
	}

	@Test
	@DisplayName("R7: what a statement changes is told by the tables, with the ids if they are known")
	void statementsAreTold() {
		Collection<Object> plain = this.others.of(rootOf(new Plain()));
		GraphRange any = this.parts.newRange();
		any.add(SqlTables.writtenBy("update GraphPartsTests$Plain set name = 'x'"), null);
		assertThat(tell(any.names().toArray(PartName[]::new)).covers(plain)).isTrue();
		GraphRange other = this.parts.newRange();
		other.add(SqlTables.writtenBy("update other set name = 'x'"), null);
		assertThat(tell(other.names().toArray(PartName[]::new)).covers(plain)).isFalse();
		GraphRange unknown = this.parts.newRange();
		unknown.add(SqlTables.writtenBy("call anything()"), null);
		assertThat(tell(unknown.names().toArray(PartName[]::new)).covers(plain)).isTrue();
		GraphRange ids = this.parts.newRange();
		ids.add(SqlTables.writtenBy("delete from GraphPartsTests$Plain"), Set.of(3L, 4L));
		assertThat(ids.names()).hasSize(2)
			.allSatisfy((name) -> assertThat(this.others.idTypeOf(name.kind())).isEqualTo(Long.class));
		assertThat(tell(ids.names().toArray(PartName[]::new)).covers(plain)).isFalse();
		ids.add(SqlTables.writtenBy("delete from GraphPartsTests$Plain"), Set.of(new Plain().id));
		assertThat(tell(ids.names().toArray(PartName[]::new)).covers(plain)).isTrue();
		PartName[] both = Stream.concat(any.names().stream(), ids.names().stream()).toArray(PartName[]::new);
		assertThat(tell(both).covers(plain)).isTrue();
	}

	@Test
	@DisplayName("C3: what an instance of another version tells is as little or as much as it may mean")
	void namesOfAnotherVersion() {
		Collection<Object> plain = this.others.of(rootOf(new Plain()));
		assertThat(tell(new PartName("com.example.Renamed", 1L)).all).isTrue();
		assertThat(tell(new PartName(NAME + "Root.gone", 1L)).all).isTrue();
		assertThat(this.others.idTypeOf("com.example.Renamed")).isEqualTo(Object.class);
		Heard typeChanged = tell(new PartName(NAME + "Plain", "of another type"));
		assertThat(typeChanged.all).isFalse();
		assertThat(typeChanged.covers(plain)).isTrue();
		assertThat(typeChanged.covers(this.others.of(rootOf(new Embedded())))).isFalse();
	}

	/**
	 * What was told.
	 */
	private static final class Heard implements RowChanges {

		private final List<Object> parts = new ArrayList<>();

		private final List<PartRange> ranges = new ArrayList<>();

		private boolean all;

		boolean covers(Collection<Object> held) {
			return held.stream()
				.anyMatch((part) -> this.parts.contains(part)
						|| this.ranges.stream().anyMatch((range) -> range.contains(part)));
		}

		@Override
		public void changed(Object key, boolean removed) {
		}

		@Override
		public void changedAll() {
			this.all = true;
		}

		@Override
		public void changedPart(Object part, Collection<?> own) {
			assertThat(own).isEmpty();
			this.parts.add(part);
		}

		@Override
		public void changedParts(PartRange range, Collection<?> own) {
			assertThat(own).isEmpty();
			this.ranges.add(range);
		}

		@Override
		public void end(boolean committed) {
		}

	}

	/**
	 * Holds rows.
	 */
	@Entity
	static class Root {

		@Id
		Long id = 1L;

		@ManyToOne
		@Nullable Plain plain;

		@ManyToOne
		@Nullable Embedded embedded;

		@ManyToOne
		@Nullable Classed classed;

		@ManyToOne
		@Nullable Derived derived;

		@ManyToOne
		@Nullable Bare bare;

		@OneToMany
		@Nullable List<Plain> plains;

		@OneToOne(mappedBy = "root")
		@Nullable Card card;

	}

	/**
	 * A row of its own.
	 */
	@Entity
	static class Plain {

		@Id
		Long id = 2L;

		String name = "plain";

	}

	/**
	 * Refers to its owner.
	 */
	@Entity
	static class Card {

		@Id
		Long id = 3L;

		@OneToOne
		@Nullable Root root;

	}

	/**
	 * The id of an {@link Embedded}.
	 *
	 * @param major a part
	 * @param minor a part
	 */
	@Embeddable
	record EmbeddedKey(long major, String minor) implements Serializable {

	}

	/**
	 * Has an embedded id.
	 */
	@Entity
	static class Embedded {

		@EmbeddedId
		EmbeddedKey id = new EmbeddedKey(1, "minor");

	}

	/**
	 * The id of a {@link Classed}.
	 */
	@SuppressWarnings("serial")
	static class ClassedKey implements Serializable {

		Long major;

		String minor;

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof ClassedKey key && this.major.equals(key.major) && this.minor.equals(key.minor);
		}

		@Override
		public int hashCode() {
			return Objects.hash(this.major, this.minor);
		}

	}

	/**
	 * Has a class for its ids.
	 */
	@Entity
	@IdClass(ClassedKey.class)
	static class Classed {

		@Id
		Long major = 1L;

		@Id
		String minor = "minor";

	}

	/**
	 * The id of a {@link Derived}.
	 *
	 * @param owner the id of the owner
	 * @param number a number
	 */
	record DerivedKey(Long owner, Integer number) implements Serializable {

	}

	/**
	 * Has an id with that of another row.
	 */
	@Entity
	@IdClass(DerivedKey.class)
	static class Derived {

		@Id
		@ManyToOne
		Plain owner = new Plain();

		@Id
		Integer number = 1;

	}

	/**
	 * Is its own id.
	 */
	@Entity
	@SuppressWarnings("serial")
	static class Bare implements Serializable {

		@Id
		Long major = 1L;

		@Id
		String minor = "minor";

	}

}
