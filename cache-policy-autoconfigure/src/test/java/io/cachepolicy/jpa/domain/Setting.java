package io.cachepolicy.jpa.domain;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;

@Entity
public class Setting {

	@Id
	private String name;

	@Version
	private Integer version;

	@Column(name = "content")
	private String value;

	protected Setting() {
	}

	public Setting(String name, String value) {
		this.name = name;
		this.value = value;
	}

	public String getName() {
		return this.name;
	}

	public Integer getVersion() {
		return this.version;
	}

	public String getValue() {
		return this.value;
	}

	public void setValue(String value) {
		this.value = value;
	}

}
