package io.cachepolicy.slices;

import java.util.Optional;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;

/**
 * {@link WebMvcTest} of an application that enables caching.
 */
@WebMvcTest(GadgetController.class)
class WebMvcSliceTests {

	private final MockMvcTester mvc;

	@MockitoBean
	private GadgetService service;

	WebMvcSliceTests(@Autowired MockMvcTester mvc) {
		this.mvc = mvc;
	}

	@Test
	@DisplayName("S2: a web slice starts")
	void controllerWorks() {
		given(this.service.find(1)).willReturn(Optional.of(new Gadget(1L, "one")));
		assertThat(this.mvc.get().uri("/gadgets/1")).hasStatusOk().bodyText().isEqualTo("one");
	}

}
