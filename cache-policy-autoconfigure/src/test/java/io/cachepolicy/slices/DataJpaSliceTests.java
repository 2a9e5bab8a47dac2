package io.cachepolicy.slices;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link DataJpaTest} of an application that enables caching.
 */
@DataJpaTest
@Import(GadgetService.class)
class DataJpaSliceTests {

	private final GadgetRepository repository;

	private final GadgetService service;

	DataJpaSliceTests(@Autowired GadgetRepository repository, @Autowired GadgetService service) {
		this.repository = repository;
		this.service = service;
	}

	@Test
	@DisplayName("S2: a data slice starts")
	void repositoryWorks() {
		this.repository.save(new Gadget(1L, "one"));
		assertThat(this.repository.findById(1L)).map(Gadget::getName).contains("one");
	}

	@Test
	@DisplayName("S2: a write in a data slice is stored in the transaction of the test, and not cached")
	void writeIsStoredAndNotCached() {
		this.service.write(new Gadget(2L, "two"));
		assertThat(this.repository.findById(2L)).isPresent();
		this.repository.deleteById(2L);
		assertThat(this.service.find(2L)).isEmpty();
	}

}
