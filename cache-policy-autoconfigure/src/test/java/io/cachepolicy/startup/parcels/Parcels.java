package io.cachepolicy.startup.parcels;

import java.util.Optional;

import io.cachepolicy.PolicyCached;

import static io.cachepolicy.PolicyCached.Operation.REMOVE;
import static io.cachepolicy.PolicyCached.Operation.WRITE;
import static io.cachepolicy.WritePolicy.WRITE_BACK;

@PolicyCached("parcels")
public class Parcels {

	private final ParcelRepository repository;

	public Parcels(ParcelRepository repository) {
		this.repository = repository;
	}

	@PolicyCached
	public Optional<Parcel> find(long id) {
		return this.repository.findById(id);
	}

	@PolicyCached(operation = WRITE, policy = WRITE_BACK)
	public Parcel write(Parcel parcel) {
		return parcel;
	}

	@PolicyCached(operation = WRITE)
	public Parcel writeThrough(Parcel parcel) {
		return parcel;
	}

	@PolicyCached(operation = REMOVE, policy = WRITE_BACK)
	public void remove(long id) {
	}

}
