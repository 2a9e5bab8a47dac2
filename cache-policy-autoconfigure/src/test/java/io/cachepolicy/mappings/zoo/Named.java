package io.cachepolicy.mappings.zoo;

import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;

@MappedSuperclass
public abstract class Named {

	@Id
	public Long id = Specimen.nextId();

	public String name = "new";

}
