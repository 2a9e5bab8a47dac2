package io.cachepolicy.jpa.copy;

import jakarta.persistence.Basic;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;

@Entity
public class Article implements Text {

	@Id
	private Long id;

	private String title;

	@Basic(fetch = FetchType.LAZY)
	private String content;

	@ManyToOne(fetch = FetchType.LAZY)
	private Article parent;

	@Override
	public void fill(long id, String title, String content, Text parent) {
		this.id = id;
		this.title = title;
		this.content = content;
		this.parent = (Article) parent;
	}

	@Override
	public Long getId() {
		return this.id;
	}

	@Override
	public String getTitle() {
		return this.title;
	}

	@Override
	public void setTitle(String title) {
		this.title = title;
	}

	@Override
	public String getContent() {
		return this.content;
	}

	@Override
	public Text getParent() {
		return this.parent;
	}

}
