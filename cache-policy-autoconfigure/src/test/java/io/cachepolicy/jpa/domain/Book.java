package io.cachepolicy.jpa.domain;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.PostLoad;
import jakarta.persistence.PostPersist;
import jakarta.persistence.Transient;

import org.springframework.data.domain.Persistable;

@Entity
public class Book implements Persistable<String> {

	@Id
	private String isbn;

	private String title;

	@Transient
	private boolean isNew = true;

	protected Book() {
	}

	public Book(String isbn, String title) {
		this.isbn = isbn;
		this.title = title;
	}

	@PostLoad
	@PostPersist
	void markStored() {
		this.isNew = false;
	}

	@Override
	public String getId() {
		return this.isbn;
	}

	@Override
	public boolean isNew() {
		return this.isNew;
	}

	public String getTitle() {
		return this.title;
	}

	public void setTitle(String title) {
		this.title = title;
	}

}
