package io.cachepolicy.mappings;

import java.util.stream.Stream;

import io.cachepolicy.jpa.codec.EntityCodec;
import io.cachepolicy.mappings.zoo.Specimen;
import org.hibernate.Hibernate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Every mapping goes through the codec and back, and is what it was before.
 */
class CodecMappingTests {

	/**
	 * The specimen whose values Java serialization stores.
	 */
	private static final String SERIALIZED = "Serialized";

	private static Zoo zoo;

	@BeforeAll
	static void open() {
		zoo = new Zoo();
	}

	@AfterAll
	static void close() {
		zoo.close();
	}

	static Stream<Specimen<?>> specimens() {
		return Zoo.SPECIMENS.stream().filter((specimen) -> !isSerialized(specimen));
	}

	private static boolean isSerialized(Specimen<?> specimen) {
		return specimen.type().getSimpleName().equals(SERIALIZED);
	}

	private EntityCodec codec(Class<?> type) {
		return new EntityCodec(zoo.entityManagerFactory(), type);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("specimens")
	@DisplayName("D3: what was never stored is the same after encoding and decoding")
	void newInstanceIsTheSame(Specimen<Object> specimen) {
		Object value = zoo.create(specimen);
		EntityCodec codec = codec(specimen.type());
		codec.check();
		Object decoded = codec.decode(codec.encode(value));
		assertThat(decoded).isNotSameAs(value).hasSameClassAs(value);
		assertThat(Picture.of(decoded).values()).isEqualTo(Picture.of(value).values());
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("specimens")
	@DisplayName("J2, D3: what was loaded is the same, what was not stays so, and ids are the same")
	void loadedInstanceIsTheSame(Specimen<Object> specimen) {
		Object id = zoo.id(zoo.cached(specimen, Mode.THROUGH).write(zoo.create(specimen)));
		EntityCodec codec = codec(specimen.type());
		assertThat(codec.decode(codec.encode(id))).isEqualTo(id).hasSameHashCodeAs(id);
		Object lazy = zoo.inTransaction((entityManager) -> Hibernate.unproxy(entityManager.find(specimen.type(), id)));
		assertThat(lazy).isNotNull();
		Object decoded = codec.decode(codec.encode(lazy));
		assertThat(Picture.of(decoded).values()).isEqualTo(Picture.of(lazy).values());
		assertThat(Picture.of(decoded).lazy()).isEqualTo(Picture.of(lazy).lazy());
		Object all = zoo.loadAll(specimen.type(), id);
		assertThat(all).isNotNull();
		assertThat(Picture.of(codec.decode(codec.encode(all))).values()).isEqualTo(Picture.of(all).values());
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("specimens")
	@DisplayName("J2: what is decoded can be merged and wipes nothing")
	void decodedInstanceIsMerged(Specimen<Object> specimen) {
		Object id = zoo.id(zoo.cached(specimen, Mode.THROUGH).write(zoo.create(specimen)));
		EntityCodec codec = codec(specimen.type());
		Object lazy = zoo.inTransaction((entityManager) -> Hibernate.unproxy(entityManager.find(specimen.type(), id)));
		assertThat(lazy).isNotNull();
		Picture before = zoo.row(specimen.type(), id);
		Object decoded = codec.decode(codec.encode(lazy));
		zoo.inTransaction((entityManager) -> entityManager.merge(decoded));
		assertThat(zoo.row(specimen.type(), id).shape()).isEqualTo(before.shape());
	}

	@Test
	@DisplayName("S3: an attribute that Java serialization stores is refused, and named")
	void serializedAttributeIsRefused() {
		Class<?> type = Zoo.SPECIMENS.stream().filter(CodecMappingTests::isSerialized).findFirst().orElseThrow().type();
		assertThat(codec(type).supports(type)).isFalse();
		assertThatIllegalArgumentException().isThrownBy(() -> codec(type).check()).withMessageContaining("'value'");
	}

}
