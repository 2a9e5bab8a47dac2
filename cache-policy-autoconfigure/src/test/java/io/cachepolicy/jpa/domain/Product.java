package io.cachepolicy.jpa.domain;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.PreUpdate;
import jakarta.persistence.Transient;
import jakarta.persistence.Version;
import org.hibernate.annotations.SortNatural;

@Entity
public class Product {

	@Id
	@GeneratedValue(strategy = GenerationType.IDENTITY)
	private Long id;

	@Version
	private Long version;

	private String name;

	private BigDecimal price;

	private Instant createdAt;

	private byte[] image;

	private Date releasedAt;

	@Embedded
	private Dimensions dimensions;

	@ManyToOne(fetch = FetchType.LAZY)
	private Category category;

	@OneToMany(mappedBy = "product", cascade = CascadeType.ALL, orphanRemoval = true)
	private List<Review> reviews = new ArrayList<>();

	@ElementCollection
	private Set<String> tags = new HashSet<>();

	@ElementCollection
	@SortNatural
	private SortedSet<String> sizes = new TreeSet<>();

	@ElementCollection
	@OrderColumn
	private List<String> steps = new ArrayList<>();

	@ElementCollection
	private Map<String, String> labels = new HashMap<>();

	@Column(nullable = false)
	private int updates;

	@Transient
	private String note;

	protected Product() {
	}

	public Product(String name) {
		this.name = name;
	}

	@PreUpdate
	void countUpdate() {
		this.updates++;
	}

	public Long getId() {
		return this.id;
	}

	public Long getVersion() {
		return this.version;
	}

	public String getName() {
		return this.name;
	}

	public void setName(String name) {
		this.name = name;
	}

	public BigDecimal getPrice() {
		return this.price;
	}

	public void setPrice(BigDecimal price) {
		this.price = price;
	}

	public Instant getCreatedAt() {
		return this.createdAt;
	}

	public void setCreatedAt(Instant createdAt) {
		this.createdAt = createdAt;
	}

	public byte[] getImage() {
		return this.image;
	}

	public void setImage(byte[] image) {
		this.image = image;
	}

	public Date getReleasedAt() {
		return this.releasedAt;
	}

	public void setReleasedAt(Date releasedAt) {
		this.releasedAt = releasedAt;
	}

	public Dimensions getDimensions() {
		return this.dimensions;
	}

	public void setDimensions(Dimensions dimensions) {
		this.dimensions = dimensions;
	}

	public Category getCategory() {
		return this.category;
	}

	public void setCategory(Category category) {
		this.category = category;
	}

	public List<Review> getReviews() {
		return this.reviews;
	}

	public Set<String> getTags() {
		return this.tags;
	}

	public SortedSet<String> getSizes() {
		return this.sizes;
	}

	public List<String> getSteps() {
		return this.steps;
	}

	public Map<String, String> getLabels() {
		return this.labels;
	}

	public int getUpdates() {
		return this.updates;
	}

	public String getNote() {
		return this.note;
	}

	public void setNote(String note) {
		this.note = note;
	}

	public void addReview(String text) {
		this.reviews.add(new Review(this, text));
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof Product product && Objects.equals(getName(), product.getName());
	}

	@Override
	public int hashCode() {
		return Objects.hashCode(getName());
	}

}
