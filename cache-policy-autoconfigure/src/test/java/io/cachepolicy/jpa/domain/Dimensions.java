package io.cachepolicy.jpa.domain;

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.FetchType;

@Embeddable
public class Dimensions {

	private Integer width;

	@ElementCollection(fetch = FetchType.LAZY)
	private List<String> units = new ArrayList<>();

	protected Dimensions() {
	}

	public Dimensions(Integer width) {
		this.width = width;
	}

	public Integer getWidth() {
		return this.width;
	}

	public void setWidth(Integer width) {
		this.width = width;
	}

	public List<String> getUnits() {
		return this.units;
	}

}
