package io.cachepolicy.slices;

import java.util.Optional;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;

/**
 * {@link SpringBootTest} with a mock in the place of an annotated repository.
 */
@SpringBootTest(properties = { "spring.datasource.generate-unique-name=true", "spring.jpa.hibernate.ddl-auto=create" })
class WidgetMocksTests {

	@Autowired
	private GadgetService gadgets;

	@MockitoBean
	private WidgetRepository widgets;

	private void assertMockIsUsed() {
		given(this.widgets.findById(1L)).willReturn(Optional.of(new Widget(1L, "one"))).willReturn(Optional.empty());
		assertThat(this.widgets.findById(1L)).isPresent();
		assertThat(this.widgets.findById(1L)).as("not cached").isEmpty();
		this.gadgets.write(new Gadget(1L, "one"));
		assertThat(this.gadgets.find(1)).as("what is no mock").isPresent();
	}

	@Test
	@DisplayName("S2: the mock of an annotated repository is used as it is, beside repositories that are none")
	void mockIsUsed() {
		assertMockIsUsed();
	}

	@Nested
	@TestPropertySource(properties = "cache-policy.enabled=false")
	class SwitchedOff {

		@Test
		void mockIsUsed() {
			assertMockIsUsed();
		}

	}

}
