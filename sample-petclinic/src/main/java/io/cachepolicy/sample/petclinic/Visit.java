package io.cachepolicy.sample.petclinic;

import java.time.LocalDate;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import jakarta.validation.constraints.NotBlank;
import org.jspecify.annotations.Nullable;

@Entity
@Table(name = "visits")
public class Visit extends BaseEntity {

	@Column(name = "visit_date")
	private LocalDate date = LocalDate.EPOCH;

	@NotBlank
	private @Nullable String description;

	public LocalDate getDate() {
		return this.date;
	}

	public void setDate(LocalDate date) {
		this.date = date;
	}

	public @Nullable String getDescription() {
		return this.description;
	}

	public void setDescription(String description) {
		this.description = description;
	}

}
