package io.cachepolicy.sample.demo;

import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import org.springframework.scheduling.TaskScheduler;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class AudienceTests {

	private final Audience audience = new Audience(Mockito.mock(Sampler.class), Mockito.mock(Traffic.class),
			Mockito.mock(TaskScheduler.class));

	@Test
	void closeEndsStreamsAndRefusesNewOnes() {
		SseEmitter watcher = this.audience.join();
		this.audience.close();
		assertThatIllegalStateException().isThrownBy(() -> watcher.send("sample"));
		assertThatExceptionOfType(ResponseStatusException.class).isThrownBy(this.audience::join)
			.satisfies((ex) -> assertThat(ex.getStatusCode().value()).isEqualTo(503));
	}

}
