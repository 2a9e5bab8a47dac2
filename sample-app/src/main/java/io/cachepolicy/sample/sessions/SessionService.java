package io.cachepolicy.sample.sessions;

import java.time.Clock;
import java.util.Map;
import java.util.Optional;

import io.cachepolicy.PolicyCached;

import org.springframework.stereotype.Service;

import static io.cachepolicy.PolicyCached.Operation.REMOVE;
import static io.cachepolicy.PolicyCached.Operation.WRITE;

/**
 * Sessions are <b>write-back</b>: every request writes one, and the table follows within
 * a second, with one row per session however often it was touched.
 */
@Service
@PolicyCached("sessions")
class SessionService {

	private final WebSessionRepository repository;

	private final Clock clock;

	SessionService(WebSessionRepository repository, Clock clock) {
		this.repository = repository;
		this.clock = clock;
	}

	@PolicyCached
	Optional<WebSession> find(String id) {
		return this.repository.findById(id);
	}

	@PolicyCached(operation = WRITE)
	WebSession start(String username) {
		return new WebSession(username, this.clock.instant());
	}

	@PolicyCached(operation = WRITE)
	WebSession touch(WebSession session) {
		session.touch(this.clock.instant());
		return session;
	}

	@PolicyCached(operation = WRITE)
	WebSession putAttributes(WebSession session, Map<String, String> attributes) {
		session.getAttributes().putAll(attributes);
		return session;
	}

	@PolicyCached(operation = REMOVE)
	void end(String id) {
	}

}
