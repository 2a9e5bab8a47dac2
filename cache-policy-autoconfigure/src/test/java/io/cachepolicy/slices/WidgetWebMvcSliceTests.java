package io.cachepolicy.slices;

import java.util.Optional;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.times;

/**
 * {@link WebMvcTest} with a mock in the place of an annotated repository.
 */
@WebMvcTest(WidgetController.class)
class WidgetWebMvcSliceTests {

	@Autowired
	private MockMvcTester mvc;

	@MockitoBean
	private WidgetRepository repository;

	private void assertMockIsUsed() {
		given(this.repository.findById(1L)).willReturn(Optional.of(new Widget(1L, "one"))).willReturn(Optional.empty());
		assertThat(this.mvc.get().uri("/widgets/1")).hasStatusOk().bodyText().isEqualTo("one");
		assertThat(this.mvc.get().uri("/widgets/1")).as("not cached").hasStatusOk().bodyText().isEqualTo("none");
		assertThat(this.mvc.put().uri("/widgets/1/two")).hasStatusOk();
		then(this.repository).should(times(2)).findById(1L);
		then(this.repository).should().save(any());
	}

	@Test
	@DisplayName("S2: a web slice uses the mock of an annotated repository as it is")
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

	@Nested
	@TestPropertySource(properties = { "cache-policy.caches.widgets.policy=write-back",
			"cache-policy.caches.widgets.repository=widgetRepository" })
	class WithSettingsOfTheCache {

		@Test
		@DisplayName("S2: settings of the cache of a mock do no harm")
		void mockIsUsed() {
			assertMockIsUsed();
		}

	}

}
