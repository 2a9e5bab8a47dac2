package io.cachepolicy.slices;

import java.util.Optional;

import io.cachepolicy.PolicyCached;

import org.springframework.stereotype.Service;

import static io.cachepolicy.PolicyCached.Operation.WRITE;

@Service
class GadgetService {

	private final GadgetRepository repository;

	GadgetService(GadgetRepository repository) {
		this.repository = repository;
	}

	@PolicyCached(cache = "gadgets")
	Optional<Gadget> find(long id) {
		return this.repository.findById(id);
	}

	@PolicyCached(cache = "gadgets", operation = WRITE)
	Gadget write(Gadget gadget) {
		return gadget;
	}

}
