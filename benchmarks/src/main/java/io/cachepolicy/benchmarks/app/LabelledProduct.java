package io.cachepolicy.benchmarks.app;

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.OneToMany;

/**
 * An entity that only {@code merge} can write, as it cascades.
 */
@Entity
public class LabelledProduct extends AbstractProduct {

	@OneToMany(cascade = CascadeType.ALL)
	private List<Product> accessories = new ArrayList<>();

	public List<Product> getAccessories() {
		return this.accessories;
	}

}
