package io.cachepolicy.sample.sessions;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

@Entity
public class WebSession {

	static final Duration TIMEOUT = Duration.ofMinutes(30);

	@Id
	private String id;

	private String username;

	private int requests;

	private Instant expiresAt;

	@JdbcTypeCode(SqlTypes.JSON)
	private Map<String, String> attributes = new HashMap<>();

	protected WebSession() {
	}

	WebSession(String username, Instant now) {
		this.id = UUID.randomUUID().toString();
		this.username = username;
		extend(now);
	}

	void touch(Instant now) {
		this.requests++;
		extend(now);
	}

	private void extend(Instant now) {
		this.expiresAt = now.plus(TIMEOUT).truncatedTo(ChronoUnit.MILLIS);
	}

	boolean isExpiredAt(Instant now) {
		return !now.isBefore(this.expiresAt);
	}

	public String getId() {
		return this.id;
	}

	public String getUsername() {
		return this.username;
	}

	public int getRequests() {
		return this.requests;
	}

	public Instant getExpiresAt() {
		return this.expiresAt;
	}

	public Map<String, String> getAttributes() {
		return this.attributes;
	}

}
