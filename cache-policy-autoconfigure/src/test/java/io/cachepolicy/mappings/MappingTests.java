package io.cachepolicy.mappings;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.cachepolicy.mappings.zoo.Basics;
import io.cachepolicy.mappings.zoo.Specimen;
import org.hibernate.Hibernate;
import org.hibernate.LazyInitializationException;
import org.hibernate.collection.spi.AbstractPersistentCollection;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of all mappings with all policies, compared with {@code repository.save}.
 */
class MappingTests {

	private static final Map<Specimen<?>, Log> saves = new HashMap<>();

	private static Zoo zoo;

	@BeforeAll
	static void start() {
		zoo = new Zoo();
	}

	@AfterAll
	static void stop() {
		zoo.close();
	}

	static Stream<Arguments> cases() {
		return Zoo.SPECIMENS.stream()
			.flatMap((specimen) -> Stream.of(Mode.values())
				.filter((mode) -> mode.suits(specimen))
				.map((mode) -> Arguments.of(specimen, mode)));
	}

	@ParameterizedTest(name = "{0} {1}")
	@MethodSource("cases")
	@DisplayName("J3, J6: what is stored and cached is what repository.save makes of it")
	void cacheStoresAndHoldsWhatSaveDoes(Specimen<Object> specimen, Mode mode) {
		Log saved = saves.computeIfAbsent(specimen, (key) -> record(specimen, new Access.Direct(zoo, specimen.type())));
		Log cached = record(specimen, zoo.cached(specimen, mode));
		assertThat(cached.rows()).isEqualTo(saved.rows());
		cached.differences()
			.forEach((step, paths) -> assertThat(paths).as("cached other than row " + step)
				.isSubsetOf(saved.differences().get(step)));
	}

	private static Log record(Specimen<Object> specimen, Access access) {
		Log log = new Log(new LinkedHashMap<>(), new LinkedHashMap<>());
		Object value = zoo.create(specimen);
		Map<String, Long> before = zoo.counts();
		Object id = write(access, value, log, "inserted");
		check(specimen, access, id, log, "inserted");
		change(specimen, access, id, log, "changed");
		access.remove(id);
		access.settle();
		assertThat(zoo.loadAll(specimen.type(), id)).isNull();
		assertThat(access.read(id)).isNull();
		log.rows().put("removed", grown(before));
		return log;
	}

	private static void change(Specimen<Object> specimen, Access access, Object id, Log log, String step) {
		Object value = access.read(id);
		assertThat(value).isNotNull();
		specimen.change().accept(value);
		write(access, value, log, step);
		check(specimen, access, id, log, step);
	}

	private static Object write(Access access, Object value, Log log, String step) {
		Picture written = Picture.of(value);
		Object result = access.write(value);
		Object id = zoo.id(result);
		if (access instanceof Access.Cached cached && cached.cache().pendingWrites() > 0) {
			assertThat(Picture.of(access.read(id)).values()).as("pending " + step).isEqualTo(written.values());
		}
		access.settle();
		if (access instanceof Access.Direct) {
			log.differences().put(step, Picture.of(result).differencesTo(zoo.row(value.getClass(), id)));
		}
		return id;
	}

	private static void check(Specimen<Object> specimen, Access access, Object id, Log log, String step) {
		Picture row = zoo.row(specimen.type(), id);
		if (access instanceof Access.Cached) {
			log.differences().put(step, Picture.of(access.read(id)).differencesTo(row));
		}
		log.rows().put(step, row.shape());
	}

	private static Map<String, String> grown(Map<String, Long> before) {
		Map<String, String> grown = new TreeMap<>();
		zoo.counts().forEach((table, count) -> {
			long more = count - before.getOrDefault(table, 0L);
			if (more != 0) {
				grown.put(table, String.valueOf(more));
			}
		});
		return grown;
	}

	@ParameterizedTest(name = "{0} {1}")
	@MethodSource("cases")
	@DisplayName("J1: changes of arguments and results reach neither cache nor row")
	void valuesAreIsolated(Specimen<Object> specimen, Mode mode) {
		Access.Cached access = zoo.cached(specimen, mode);
		Object value = zoo.create(specimen);
		access.write(value);
		Object id = zoo.copyOfId(value);
		Map<String, String> cached = Picture.of(access.read(id)).values();
		assertThat(Vandal.spoil(value)).isPositive();
		assertThat(Picture.of(access.read(id)).values()).isEqualTo(cached);
		Vandal.spoil(access.read(id));
		assertThat(Picture.of(access.read(id)).values()).isEqualTo(cached);
		access.settle();
		Map<String, String> flushed = Picture.of(access.read(id)).values();
		Map<String, String> row = zoo.row(specimen.type(), id).values();
		Vandal.spoil(access.read(id));
		assertThat(Picture.of(access.read(id)).values()).isEqualTo(flushed);
		assertThat(zoo.row(specimen.type(), id).values()).isEqualTo(row);
		access.cache().evict(id);
		Vandal.spoil(access.read(id));
		assertThat(Picture.of(access.read(id)).values()).isEqualTo(row);
	}

	@ParameterizedTest(name = "{0} {1}")
	@MethodSource("cases")
	@DisplayName("J2: what is not loaded has no session, stays so, and is not wiped")
	void lazyPartsSurvive(Specimen<Object> specimen, Mode mode) {
		Access.Cached access = zoo.cached(specimen, mode);
		Object id = zoo.id(zoo.repository(specimen.type()).save(zoo.create(specimen)));
		Object detached = zoo.repository(specimen.type()).findById(id).orElseThrow();
		Object cached = access.cache().get(id, Object.class);
		assertThat(cached).isNotNull();
		assertThat(Picture.of(cached).lazy()).isEqualTo(Picture.of(detached).lazy());
		assertThat(Reachable.from(cached)).allSatisfy(MappingTests::hasNoSession);
		Map<String, String> row = zoo.row(specimen.type(), id).shape();
		Zoo.rename(detached);
		zoo.repository(specimen.type()).save(detached);
		Map<String, String> saved = zoo.row(specimen.type(), id).shape();
		access.cache().evict(id);
		Object again = access.cache().get(id, Object.class);
		assertThat(again).isNotNull();
		access.write(again);
		access.settle();
		assertThat(zoo.row(specimen.type(), id).shape().keySet()).isEqualTo(saved.keySet()).isEqualTo(row.keySet());
	}

	private static void hasNoSession(Object part) {
		if (part instanceof AbstractPersistentCollection<?> collection) {
			assertThat(collection.getSession()).isNull();
			assertThatExceptionOfType(LazyInitializationException.class).isThrownBy(() -> Hibernate.initialize(part));
		}
		LazyInitializer proxy = HibernateProxy.extractLazyInitializer(part);
		if (proxy != null) {
			assertThat(proxy.getSession()).isNull();
			assertThatExceptionOfType(LazyInitializationException.class).isThrownBy(proxy::initialize);
		}
	}

	@ParameterizedTest(name = "{0} {1}")
	@MethodSource("cases")
	@DisplayName("J3: a detached copy is written and read while the session knows the row")
	void detachedCopyIsWrittenInOpenSession(Specimen<Object> specimen, Mode mode) {
		Access.Cached access = zoo.cached(specimen, mode);
		Object id = zoo.id(zoo.repository(specimen.type()).save(zoo.create(specimen)));
		Object copy = access.read(id);
		assertThat(copy).isNotNull();
		Zoo.rename(copy);
		zoo.inTransaction((entityManager) -> {
			assertThat(entityManager.find(specimen.type(), id)).isNotNull();
			access.write(copy);
			Object own = access.read(id);
			assertThat(Zoo.nameOf(own)).isEqualTo("renamed");
			return own;
		});
		access.settle();
		Picture row = zoo.row(specimen.type(), id);
		assertThat(Picture.of(access.read(id)).differencesTo(row))
			.isSubsetOf(Basics.Unchangeable.class.isInstance(copy) ? Set.of(".name") : Set.of());
	}

	/**
	 * What happened.
	 *
	 * @param rows the rows by step
	 * @param differences what is different in the instance that is at hand, by step
	 */
	private record Log(Map<String, Map<String, String>> rows, Map<String, Set<String>> differences) {

	}

}
