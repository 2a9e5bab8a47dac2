package io.cachepolicy.mappings;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.mappings.zoo.Specimen;
import io.cachepolicy.settings.StoreMode;

/**
 * How a cache writes.
 */
enum Mode {

	THROUGH(WritePolicy.WRITE_THROUGH, StoreMode.AUTO),

	AROUND(WritePolicy.WRITE_AROUND, StoreMode.AUTO),

	BACK(WritePolicy.WRITE_BACK, StoreMode.AUTO),

	BACK_BY_MERGE(WritePolicy.WRITE_BACK, StoreMode.MERGE),

	BACK_IN_BULK(WritePolicy.WRITE_BACK, StoreMode.BULK);

	private final WritePolicy policy;

	private final StoreMode storeMode;

	Mode(WritePolicy policy, StoreMode storeMode) {
		this.policy = policy;
		this.storeMode = storeMode;
	}

	WritePolicy policy() {
		return this.policy;
	}

	StoreMode storeMode() {
		return this.storeMode;
	}

	String cache(Specimen<?> specimen) {
		return specimen.name() + "-" + this;
	}

	boolean suits(Specimen<?> specimen) {
		return specimen.whole() || this != BACK_IN_BULK;
	}

}
