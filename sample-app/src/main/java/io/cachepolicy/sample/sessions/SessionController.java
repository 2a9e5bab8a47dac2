package io.cachepolicy.sample.sessions;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/sessions")
class SessionController {

	private final SessionService sessions;

	private final Clock clock;

	SessionController(SessionService sessions, Clock clock) {
		this.sessions = sessions;
		this.clock = clock;
	}

	@PostMapping
	@ResponseStatus(HttpStatus.CREATED)
	SessionView start(@RequestBody Login login) {
		return SessionView.of(this.sessions.start(login.username()));
	}

	@GetMapping("/{id}")
	ResponseEntity<SessionView> find(@PathVariable String id) {
		return ResponseEntity.of(live(id).map(SessionView::of));
	}

	// Not what a page of another site can send
	@PostMapping(path = "/{id}/touch", consumes = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<SessionView> touch(@PathVariable String id) {
		return ResponseEntity.of(live(id).map(this.sessions::touch).map(SessionView::of));
	}

	@PutMapping("/{id}/attributes")
	ResponseEntity<SessionView> putAttributes(@PathVariable String id, @RequestBody Map<String, String> attributes) {
		return ResponseEntity
			.of(live(id).map((session) -> this.sessions.putAttributes(session, attributes)).map(SessionView::of));
	}

	@DeleteMapping("/{id}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void end(@PathVariable String id) {
		this.sessions.end(id);
	}

	private Optional<WebSession> live(String id) {
		return this.sessions.find(id).filter((session) -> !session.isExpiredAt(this.clock.instant()));
	}

	record SessionView(String id, String username, int requests, Instant expiresAt, Map<String, String> attributes) {

		static SessionView of(WebSession session) {
			return new SessionView(session.getId(), session.getUsername(), session.getRequests(),
					session.getExpiresAt(), session.getAttributes());
		}

	}

	record Login(String username) {

	}

}
