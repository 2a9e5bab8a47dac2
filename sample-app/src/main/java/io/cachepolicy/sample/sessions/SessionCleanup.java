package io.cachepolicy.sample.sessions;

import java.time.Clock;
import java.time.Instant;

import org.springframework.context.annotation.Profile;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

@Component
@Profile("!replay")
class SessionCleanup {

	private final WebSessionRepository repository;

	private final SessionService sessions;

	private final Clock clock;

	SessionCleanup(WebSessionRepository repository, SessionService sessions, Clock clock) {
		this.repository = repository;
		this.sessions = sessions;
		this.clock = clock;
	}

	@Scheduled(initialDelayString = "1m", fixedDelayString = "1m")
	void endExpired() {
		Instant now = this.clock.instant();
		// A row may be older than its session, which was touched a moment ago
		for (String id : this.repository.findExpired(now)) {
			this.sessions.find(id)
				.filter((session) -> session.isExpiredAt(now))
				.ifPresent((session) -> this.sessions.end(id));
		}
	}

}
