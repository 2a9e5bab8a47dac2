package io.cachepolicy.repository;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import org.jspecify.annotations.Nullable;

/**
 * An entity whose id is generated.
 */
@Entity
class Ticket {

	@Id
	@GeneratedValue
	private @Nullable Long id;

	private String subject = "";

	protected Ticket() {
	}

	Ticket(String subject) {
		this.subject = subject;
	}

	@Nullable Long getId() {
		return this.id;
	}

	String getSubject() {
		return this.subject;
	}

	void setSubject(String subject) {
		this.subject = subject;
	}

}
