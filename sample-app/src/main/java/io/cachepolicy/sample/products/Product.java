package io.cachepolicy.sample.products;

import java.math.BigDecimal;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Version;

@Entity
public class Product {

	@Id
	@GeneratedValue(strategy = GenerationType.IDENTITY)
	private Long id;

	private String name;

	private String category;

	@Column(precision = 19, scale = 2)
	private BigDecimal price;

	@Version
	private Long version;

	protected Product() {
	}

	Product(String name, String category, BigDecimal price) {
		this.name = name;
		this.category = category;
		this.price = price;
	}

	public Long getId() {
		return this.id;
	}

	public String getName() {
		return this.name;
	}

	public String getCategory() {
		return this.category;
	}

	public BigDecimal getPrice() {
		return this.price;
	}

	void setPrice(BigDecimal price) {
		this.price = price;
	}

}
